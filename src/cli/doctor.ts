// `callbook doctor`: looks over the connectors and prints what it found, what is wrong first in each part's own words.
// Exit code 1 when an error was found. Works beside a running server; changes nothing.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Config, DEFAULT_INSTANCE, instancesOf, readConfig, readLanguage } from '../config.ts'
import { readKeptConnectors, settingsOf } from '../connectors/kept-connectors.ts'
import { type Examination, examine } from '../doctor/doctor.ts'
import { type CheckName, type Finding, type Fix, hasErrors, type Severity } from '../doctor/finding.ts'
import { lookAtRecordingKeys } from '../doctor/recording-keys.ts'
import { AppError } from '../errors.ts'
import { type KeyUse, keysOf } from '../recordings/key-use.ts'
import { columnsOf, printJson, printLine, say } from './print.ts'
import { withStore } from './with-store.ts'

interface Options {
  connector?: string
  json?: boolean
  listen?: number
}

type Language = 'en' | 'zh'

const LAST_WAIT_MS = 10_000

export async function runDoctor(options: Options): Promise<void> {
  const config = readConfig()
  const language = readLanguage()
  const ofStore = options.connector === undefined ? await recordingKeyFindings(config) : []
  if (!options.json && ofStore.length > 0) printExamination({ name: null, findings: ofStore }, language)
  if (hasErrors(ofStore)) process.exitCode = 1
  const kept = (await readKeptConnectors(config.dataFolder)).map(settingsOf)
  // A name of the file is not given to one of the console as well.
  const others = kept.filter(({ name }) => !config.connectors.some((one) => one.name === name))
  const connectors = [...config.connectors, ...others]
  const chosen = choose(connectors, options.connector, language)
  const stop = new AbortController()
  process.once('SIGINT', () => stop.abort())
  const examinations: Examination[] = []
  const listenMs = (options.listen ?? 0) * 1_000
  if (listenMs > 0) say(LISTENING[language](options.listen ?? 0))
  // Side by side: the slowest decides how long it takes.
  const all = chosen.map((connector) =>
    examine(connector, {
      connectors,
      listenMs,
      signal: stop.signal,
      decoding: { ffmpeg: config.ffmpeg, conversions: () => conversionsIn(config, connector.instance) },
    }),
  )
  for (const one of all) {
    const examination = await one
    examinations.push(examination)
    const { connector, type, findings } = examination
    if (!options.json) printExamination({ name: `${connector} (${type})`, findings }, language)
  }
  if (options.json) printJson({ connectors: examinations, recordings: { findings: ofStore } })
  if (examinations.some(({ findings }) => hasErrors(findings))) process.exitCode = 1
  // A file system that hangs would keep the process for ever; where nothing hangs, it ends before.
  setTimeout(() => process.exit(), LAST_WAIT_MS).unref()
}

/** Of the data folder, if there is one already. */
async function conversionsIn(config: Config, instance = DEFAULT_INSTANCE) {
  if (!existsSync(join(config.dataFolder, 'callbook.db'))) return null
  return withStore((store) => store.recordings.conversionCounts(instance))
}

/** Nothing where there is no data folder yet. */
async function recordingKeyFindings(config: Config): Promise<Finding[]> {
  if (!existsSync(join(config.dataFolder, 'callbook.db'))) return []
  let uses: KeyUse[] = []
  await withStore(async (store) => {
    uses = await keysOf(store, { keys: config.recordingKeys, instances: instancesOf(config) })
  })
  return lookAtRecordingKeys(uses, config.recordingKeysFile)
}

function choose(connectors: Config['connectors'], name: string | undefined, language: Language): Config['connectors'] {
  if (name !== undefined) {
    const found = connectors.filter((connector) => connector.name === name)
    if (found.length === 0) throw new AppError('connector-not-found', { name })
    return found
  }
  if (connectors.length === 0) throw new AppError('config-invalid', { detail: NO_CONNECTOR[language] })
  return connectors
}

const NO_CONNECTOR: Readonly<Record<Language, string>> = {
  en: 'No connector is configured: callbook.config.json is not in this folder, nor named by CALLBOOK_CONFIG. docs/connect-asterisk.md shows one.',
  zh: '没有配置任何接入器：当前目录没有 callbook.config.json，CALLBOOK_CONFIG 也未指定。示例见 docs/connect-asterisk.zh-CN.md。',
}

const LISTENING: Readonly<Record<Language, (seconds: number) => string>> = {
  en: (seconds) => `Listening for ${seconds} s: make a test call now, best through a queue.`,
  zh: (seconds) => `正在监听 ${seconds} 秒：请现在打一通测试电话，最好经过队列。`,
}

const SEVERITIES: Readonly<Record<Severity, Readonly<Record<Language, string>>>> = {
  ok: { en: 'ok', zh: '正常' },
  info: { en: 'note', zh: '提示' },
  warning: { en: 'WARNING', zh: '警告' },
  error: { en: 'ERROR', zh: '错误' },
}

const CHECKS: Readonly<Record<CheckName, Readonly<Record<Language, string>>>> = {
  connection: { en: 'connection', zh: '连接' },
  network: { en: 'network', zh: '网络' },
  login: { en: 'login', zh: '登录' },
  version: { en: 'version', zh: '版本' },
  rights: { en: 'rights', zh: '权限' },
  timestamps: { en: 'event times', zh: '事件时间' },
  'channel-variables': { en: 'channel variables', zh: '通道变量' },
  'event-filters': { en: 'event filters', zh: '事件过滤' },
  clock: { en: 'clock', zh: '时钟' },
  'agents-and-trunks': { en: 'agents and trunks', zh: '坐席与中继' },
  queues: { en: 'queues', zh: '队列' },
  cel: { en: 'CEL', zh: 'CEL' },
  'queue-log': { en: 'queue_log', zh: 'queue_log' },
  cdr: { en: 'CDR', zh: '话单' },
  recordings: { en: 'recordings', zh: '录音' },
}

const WORDS: Readonly<
  Record<Language, { in: string; store: string; afterwards: string; total: (counts: Counts) => string }>
> = {
  en: {
    in: 'in',
    store: 'recordings at rest',
    afterwards: 'then',
    total: (n) => `errors: ${n.error}, warnings: ${n.warning}, notes: ${n.info}`,
  },
  zh: {
    in: '写入',
    store: '录音存储',
    afterwards: '然后',
    total: (n) => `错误 ${n.error}，警告 ${n.warning}，提示 ${n.info}`,
  },
}

type Counts = Record<Severity, number>

/** `name` null: what belongs to no connector. */
function printExamination(
  { name, findings }: { name: string | null; findings: readonly Finding[] },
  language: Language,
): void {
  const counts: Counts = { ok: 0, info: 0, warning: 0, error: 0 }
  const widest = (texts: readonly string[]) => Math.max(...texts.map(columnsOf))
  const severityWidth = widest(Object.values(SEVERITIES).map((one) => one[language]))
  const checkWidth = widest(findings.map(({ check }) => CHECKS[check][language]))
  const indent = severityWidth + checkWidth + 4
  const width = Math.min(120, Math.max(60, process.stdout.columns ?? 110)) - indent
  printLine(name ?? WORDS[language].store)
  for (const finding of findings) {
    counts[finding.severity]++
    const [first = '', ...rest] = wrap(language === 'zh' ? finding.sentenceZh : finding.sentence, width)
    const head = [
      pad(SEVERITIES[finding.severity][language], severityWidth),
      pad(CHECKS[finding.check][language], checkWidth),
    ]
    printLine(`${head.join('  ')}  ${first}`)
    for (const line of rest) printLine(' '.repeat(indent) + line)
    if (finding.severity !== 'ok') for (const fix of finding.fix) printFix(fix, indent, language)
  }
  printLine(WORDS[language].total(counts))
  printLine('')
}

function printFix({ file, lines, run }: Fix, indent: number, language: Language): void {
  const words = WORDS[language]
  const put = (depth: number, text: string) => printLine(' '.repeat(indent + depth) + text)
  if (file !== null) put(0, `${words.in} ${file}:`)
  for (const line of lines) put(4, line)
  if (run.length > 0 && file !== null) put(0, `${words.afterwards}:`)
  for (const line of run) put(4, line)
}

function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - columnsOf(text)))
}

/** Lines of at most `width` columns; broken at spaces, and between Chinese characters but not before their punctuation. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const piece of text.match(
    /[\u2e80-\u9fff\uff00-\uff60][\u3001-\u3011\uff01-\uff1f\u2019\u201d]*|[^\s\u2e80-\u9fff\uff00-\uff60]+[\u3001-\u3011\uff01-\uff1f]*\s*|\s+/gu,
  ) ?? []) {
    if (line !== '' && columnsOf((line + piece).trimEnd()) > width) {
      lines.push(line.trimEnd())
      line = ''
    }
    line += piece
  }
  return [...lines, line.trimEnd()]
}
