// docs/connect-asterisk.md, followed word for word: its files are written into the PBX's configuration, its commands given,
// its connector configured, and `callbook doctor` asked what it thinks of it. Then one thing is spoilt, and mended by the
// lines that doctor asks for. The PBX's own files are put back in the end.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { PBX, pbxCommand } from './asterisk/pbx.ts'
import { connector } from './callbook-server.ts'
import { takeDesk } from './contact-centre.ts'
import { type GiveSetting, SCENARIO_MS } from './setting.ts'

const timeout = SCENARIO_MS
const PROJECT = resolve(import.meta.dirname, '../..')
const GUIDE = readFileSync(join(PROJECT, 'docs/connect-asterisk.md'), 'utf8')
const SECRET = 'made-up-for-this-run'
const LISTEN_SECONDS = 12

interface Finding {
  check: string
  severity: 'ok' | 'info' | 'warning' | 'error'
  code: string
  fix: { file: string | null; lines: string[]; run: string[] }[]
}

export function doctorAndGuide(give: GiveSetting): void {
  describe('set up as the guide says', () => {
    const kept = new Map<string, string | null>()
    const home = mkdtempSync(join(tmpdir(), 'callbook-guide-'))

    before(async () => {
      // The guide's reader has no CEL yet.
      await pbxCommand('module unload cel_custom.so')
      followGuide(kept)
      for (const command of guideCommands()) await pbxCommand(command)
    })
    after(async () => {
      putBack(kept)
      rmSync(home, { recursive: true, force: true })
      await pbxCommand('module unload cel_custom.so')
      await pbxCommand('module reload cel')
      await pbxCommand('manager reload')
    })

    it('doctor has nothing against it, and a test call proves what rights cannot tell', { timeout }, async (t) => {
      const { centre } = give()
      const desk = await takeDesk(centre, t)
      const listening = askDoctor(home, guideConnector(), ['--listen', String(LISTEN_SECONDS)])
      await sleep(3_000)
      const taken = desk.agentTakes(desk.first)
      const call = await desk.customerChooses('1')
      const agentCall = await taken
      await sleep(1_500)
      await agentCall.hangUp()
      await call.until('ended')
      const { exitCode, findings } = await listening
      assert.deepEqual(notWell(findings), ['event-filters-unseen'])
      assert.deepEqual(
        findings.map(({ code }) => code).filter((code) => code !== 'event-filters-unseen'),
        [
          'connected',
          'logged-in',
          'version-known',
          'snapshot-allowed',
          'read-complete',
          'timestamps-there',
          'channelvars-heard',
          'clock-right',
          'agents-listed',
          'members-behind-local',
          'cel-read',
          'queue-log-read',
          'recordings-named',
          'ffmpeg-there',
        ],
      )
      assert.equal(exitCode, 0)
    })

    it('a user who may ask everything is shown everything, and it is well', { timeout }, async () => {
      const { findings } = await askDoctor(home, knowingConnector())
      assert.deepEqual(notWell(findings), [
        // The tests' own user may do more than it needs, and hears no keys: the dialplan's marks tell them.
        'read-missing',
        'more-rights-than-needed',
      ])
      assert.ok(findings.every(({ severity }) => severity !== 'warning' && severity !== 'error'))
      for (const code of ['channelvars-complete', 'event-filters-right', 'timestamps-there', 'cdr-on'])
        assert.ok(
          findings.some((finding) => finding.code === code),
          code,
        )
    })

    it('without timestampevents doctor says just that, and its lines put it right', { timeout }, async (t) => {
      const file = inPbx('/etc/asterisk/manager.d/callbook.conf')
      const own = readFileSync(file, 'utf8')
      t.after(async () => {
        writeFileSync(file, own)
        await pbxCommand('manager reload')
      })
      const without = own.replace(/^timestampevents.*\n/m, '')
      writeFileSync(file, without)
      await pbxCommand('manager reload')
      // Asterisk itself goes on as before until it is started again, or told no.
      const notWritten = await askDoctor(home, knowingConnector())
      assert.ok(notWell(notWritten.findings).includes('timestampevents-not-written'))
      writeFileSync(file, without.replace('[general](+)', '[general](+)\ntimestampevents = no'))
      await pbxCommand('manager reload')
      writeFileSync(file, without)
      await pbxCommand('manager reload')
      const { exitCode, findings } = await askDoctor(home, knowingConnector())
      assert.deepEqual(notWell(findings), ['read-missing', 'more-rights-than-needed', 'timestampevents-off'])
      // Times are poorer, nothing is lost.
      assert.equal(exitCode, 0)
      const [fix] = findings.find(({ code }) => code === 'timestampevents-off')?.fix ?? []
      assert.deepEqual(fix, {
        file: 'manager.conf',
        lines: ['[general]', 'timestampevents = yes'],
        run: ['asterisk -rx "manager reload"'],
      })

      const [section = '', ...lines] = fix?.lines ?? []
      const manager = inPbx('/etc/asterisk/manager.conf')
      writeFileSync(manager, readFileSync(manager, 'utf8').replace(section, `${section}\n${lines.join('\n')}`))
      const notLoaded = await askDoctor(home, knowingConnector())
      assert.ok(notWell(notLoaded.findings).includes('timestampevents-not-loaded'))
      for (const command of fix?.run ?? []) await pbxCommand(command.replace(/^asterisk -rx "(.*)"$/, '$1'))
      const mended = await askDoctor(home, knowingConnector())
      assert.deepEqual(notWell(mended.findings), ['read-missing', 'more-rights-than-needed'])
    })

    it('a wrong secret is an error, and the exit code tells', { timeout }, async () => {
      const { exitCode, findings, said } = await askDoctor(home, guideConnector(), [], 'not-the-secret')
      assert.deepEqual(notWell(findings), ['login-refused'])
      assert.equal(exitCode, 1)
      assert.ok(!said.includes('not-the-secret') && !said.includes(SECRET))
    })
  })
}

function inPbx(path: string): string {
  return join(PBX.root, path)
}

function notWell(findings: readonly Finding[]): string[] {
  return findings.filter(({ severity }) => severity !== 'ok').map(({ code }) => code)
}

/** The blocks of a language in the guide. */
function blocks(language: string): string[] {
  return [...GUIDE.matchAll(new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, 'gs'))].map(([, text]) => text ?? '')
}

/** Writes the guide's files; what was there before is kept in `kept`. */
function followGuide(kept: Map<string, string | null>): void {
  const write = (path: string, text: string) => {
    kept.set(path, existsSync(path) ? readFileSync(path, 'utf8') : null)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  }
  for (const block of blocks('ini')) {
    const [, path = '', text = ''] = /^; (\S+)\n(.*)$/s.exec(block) ?? []
    if (['callbook.conf', 'cel.conf', 'cel_custom.conf'].some((name) => path.endsWith(`/${name}`)))
      write(inPbx(path), text.replace('PUT-THE-SECRET-HERE', SECRET))
  }
  // The tests' own has AMI on at an address of its own; what the guide adds is taken out of it first.
  const manager = inPbx('/etc/asterisk/manager.conf')
  const stock = readFileSync(manager, 'utf8').replace(/^(timestampevents|channelvars).*\n/gm, '')
  const include = /^#include .*$/m.exec(blocks('ini').find((block) => block.includes('#include')) ?? '')?.[0] ?? ''
  assert.match(include, /manager\.d/)
  write(manager, `${stock}\n${include}\n`)
  const folder = /^install -d .* (\S+)$/m.exec(blocks('sh').join('\n'))?.[1]
  assert.ok(folder, 'the guide makes no folder for CEL')
  mkdirSync(inPbx(folder), { recursive: true })
}

function putBack(kept: ReadonlyMap<string, string | null>): void {
  for (const [path, text] of kept) {
    if (text === null) rmSync(path, { force: true })
    else writeFileSync(path, text)
  }
}

function guideCommands(): string[] {
  const commands = blocks('sh')
    .join('\n')
    .split('\n')
    .flatMap((line) => /^asterisk -rx "(.*)"$/.exec(line)?.[1] ?? [])
  assert.ok(commands.includes('manager reload') && commands.includes('module load cel_custom.so'))
  return commands
}

/** The guide's connector, with what lies elsewhere here: the PBX's address, its folders, its endpoints. */
function guideConnector(): Record<string, unknown> {
  const whole = blocks('json').find((block) => block.includes('"connectors"')) ?? ''
  const [own] = (JSON.parse(whole) as { connectors: Record<string, unknown>[] }).connectors
  const parts = blocks('json').filter((block) => /^"(recordings|backfill)"/.test(block))
  assert.equal(parts.length, 2, 'the guide’s parts of a connector')
  const folders = JSON.parse(`{${parts.join(',')}}`.replaceAll('"/var/', `"${PBX.root}/var/`)) as object
  const { agents, trunks, externalTrunks } = connector
  return { ...own, ...PBX.ami, ...folders, agents, trunks, externalTrunks }
}

/** The same for the tests' own user, who may look into Asterisk's files and settings. */
function knowingConnector(): Record<string, unknown> {
  return { ...guideConnector(), username: PBX.callbookUser.username }
}

interface Answer {
  exitCode: number
  findings: Finding[]
  said: string
}

/** `callbook doctor --json` as a process. `secret`: another than the user's. */
async function askDoctor(
  home: string,
  own: Record<string, unknown>,
  options: string[] = [],
  secret = own.username === PBX.callbookUser.username ? PBX.callbookUser.secret : SECRET,
): Promise<Answer> {
  writeFileSync(join(home, 'callbook.config.json'), JSON.stringify({ connectors: [own] }))
  const { PATH = '', HOME = '' } = process.env
  const { promise, resolve: settle } = Promise.withResolvers<Answer>()
  execFile(
    process.execPath,
    [join(PROJECT, 'callbook.js'), 'doctor', '--json', ...options],
    { cwd: home, env: { PATH, HOME, PBX1_SECRET: secret }, timeout: 60_000 },
    (error, stdout, stderr) => {
      const exitCode = error ? Number(error.code ?? 1) : 0
      const said = `${stdout}${stderr}`
      assert.match(stdout, /^\{/, said)
      const { connectors } = JSON.parse(stdout) as { connectors: { findings: Finding[] }[] }
      settle({ exitCode, findings: connectors[0]?.findings ?? [], said })
    },
  )
  return promise
}
