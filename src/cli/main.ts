// The command line: `callbook <command>`. Called by callbook.js. Each command loads what it needs when it runs, so that
// making a key does not wait for the web server to be read. Exit codes: 0 done, 1 failed, 2 wrongly called.
import { readFileSync } from 'node:fs'
import { Argument, Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { ROLES, SCOPES } from '../access/permissions.ts'
import { explain } from './explain.ts'
import { addExportCommands } from './export-commands.ts'
import { addRecordingCommands } from './recording-commands.ts'
import { addReceiptCommands, addRetentionCommands } from './retention-commands.ts'

/** Runs one command line. Sets process.exitCode and writes at most a few sentences to stderr; never throws. */
export async function main(argv: readonly string[]): Promise<void> {
  // Whoever read the output has seen enough (`| head`): what is being done is finished, and nothing more is said.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
  })
  try {
    await program().parseAsync([...argv], { from: 'user' })
  } catch (error) {
    if (error instanceof CommanderError) {
      // Commander has written its own sentence; help and --version end here too.
      process.exitCode = error.exitCode === 0 ? 0 : 2
      return
    }
    process.exitCode = 1
    process.stderr.write(`callbook: ${explain(error)}\n`)
  }
}

function program(): Command {
  const callbook = new Command('callbook')
    .description('Call log and recordings centre of a contact centre. 呼叫中心通话记录与录音。')
    .version(version(), '--version', 'print the version')
    .exitOverride()
    .showHelpAfterError('(callbook --help shows every command)')
    .addHelpText(
      'after',
      `
Settings are environment variables: CALLBOOK_PORT (8080), CALLBOOK_HOST (127.0.0.1), CALLBOOK_DATA (./data),
CALLBOOK_CONFIG (./callbook.config.json, with the connectors), CALLBOOK_ADMIN_PASSWORD, CALLBOOK_TIME_ZONE.

Exit codes: 0 done, 1 failed, 2 wrongly called.`,
    )

  callbook
    .command('serve')
    .description('run the server until it is told to stop (SIGINT, SIGTERM)')
    .action(async () => (await import('./serve.ts')).runServe())

  callbook
    .command('demo')
    .description('run the server with a simulated contact centre and data that is thrown away')
    .addOption(
      new Option('--port <port>', 'port to listen on, or the next free one after it; 0: any')
        .env('CALLBOOK_PORT')
        .argParser(wholeNumber(0, 65_535))
        .default(8080),
    )
    .option('--rate <calls>', 'calls begun per second (0.4)', positiveNumber)
    .option('--talk <ms>', 'typical length of a talk; given, calls have short waits too: for load', positiveNumber)
    .option('--days <days>', 'days of history to fill in', wholeNumber(0, 365), 30)
    .option('--keep', 'leave the folder with the data behind')
    .action(async ({ talk, ...options }) =>
      (await import('./serve.ts')).runDemoServer(talk === undefined ? options : { ...options, talkMs: talk }),
    )

  callbook
    .command('derive')
    .description('read a trace of a PBX and print the calls it tells of, as JSON lines')
    .argument('<pbx>', 'asterisk or freeswitch')
    .argument('<file>', 'the trace; of a FreeSWITCH also a folder with events.jsonl and json_cdr')
    .option('--connector <file>', 'JSON file with the connector as in callbook.config.json')
    .action(async (pbx: string, file: string, options: { connector?: string }) => {
      const { derive } = await import('./derive.ts')
      await derive(pbx, file, options)
    })

  callbook
    .command('rebuild')
    .description('derive stored calls again from their events, after a rule was mended; safe beside a running server')
    .option('--from <time>', 'calls started from this day or instant on')
    .option('--to <time>', 'and up to this one')
    .option('--instance <id>', 'contact centre (default)')
    .option('--dry-run', 'print what would change and change nothing')
    .option('--json', 'print changes as JSON lines')
    .action(async (options) => (await import('./rebuild.ts')).runRebuild(options))

  callbook
    .command('reconcile')
    .description("hold a day's records against recordings and files, and print what is wrong")
    .option('--day <day>', 'as 2026-11-23 (yesterday)')
    .option('--instance <id>', 'contact centre (default)')
    .option('--repair', 'mend what can be mended')
    .option('--json', 'print the report as JSON')
    .action(async (options) => (await import('./reconcile.ts')).runReconcile(options))

  addRetentionCommands(callbook)
  addReceiptCommands(callbook)
  addRecordingCommands(callbook)

  const rejected = callbook.command('rejected').description('what came in and could not be taken').exitOverride()
  rejected
    .command('list', { isDefault: true })
    .description('list it, newest first')
    .option('--instance <id>', 'contact centre (default)')
    .option('--limit <n>', 'how many', wholeNumber(1, 10_000), 50)
    .option('--json', 'print a JSON object, with the bytes')
    .action(async (options) => (await import('./rejected.ts')).runRejectedList(options))
  rejected
    .command('replay')
    .description('take refused events again, after a fix')
    .argument('<id...>', 'as `rejected list` shows them')
    .option('--instance <id>', 'contact centre (default)')
    .option('--json', 'print a JSON object')
    .action(async (ids: string[], options) =>
      (await import('./rejected.ts')).runRejectedReplay(ids.map(wholeNumber(1, Number.MAX_SAFE_INTEGER)), options),
    )

  callbook
    .command('doctor')
    .description('look over the connections to the PBXs and say what to change; changes nothing itself')
    .option('--connector <name>', 'only this one')
    .option('--listen <seconds>', 'listen for the events of a test call meanwhile', wholeNumber(1, 600))
    .option('--json', 'print a JSON object')
    .action(async (options) => (await import('./doctor.ts')).runDoctor(options))

  addImportCommands(callbook)
  addExportCommands(callbook)
  addKeyCommands(callbook)
  addUserCommands(callbook)
  return callbook
}

function addImportCommands(callbook: Command): void {
  const imports = callbook.command('import').description('take in calls from files of a PBX').exitOverride()

  imports
    .command('cdr')
    .description('calls from CDR files: Asterisk Master.csv, FreeSWITCH cdr-csv; may be stopped and run again')
    .argument('<files...>', 'in the order of time; .gz too')
    .option('--connector <file>', 'JSON file with the connector (its agents, trunks); else the only one configured')
    .option('--timezone <zone>', 'zone of times that name none (CALLBOOK_TIME_ZONE; UTC with usegmtime=yes)')
    .option(
      '--columns <names>',
      "the columns' names in the PBX's words, comma-separated, where their order is not known",
    )
    .option('--instance <id>', 'contact centre (default)')
    .option('--dry-run', 'write nothing, say what would be')
    .option('--json', 'print the report as JSON')
    .action(async (files: string[], options) => (await import('./import.ts')).runImportCdr(files, options))
}

function addKeyCommands(callbook: Command): void {
  const key = callbook.command('key').description('API keys for programs').exitOverride()

  key
    .command('create')
    .description('make a key and print it, this once; works beside a running server')
    .requiredOption('--name <name>', 'what it is for')
    .requiredOption('--scopes <scopes>', `comma-separated: ${SCOPES.join(', ')}`)
    .option('--json', 'print a JSON object with id, name, scopes and key')
    .action(async (options) => (await import('./key.ts')).runKeyCreate(options))
  key
    .command('list')
    .description('list keys, without the secrets')
    .option('--json', 'print a JSON array')
    .action(async (options) => (await import('./key.ts')).runKeyList(options))
  key
    .command('revoke')
    .description('make a key invalid at once')
    .argument('<id>', 'as `key list` shows it')
    .action(async (id: string) => (await import('./key.ts')).runKeyRevoke(id))
}

function addUserCommands(callbook: Command): void {
  const user = callbook.command('user').description('accounts of people').exitOverride()

  user
    .command('create')
    .description('make an account; without --password-stdin a one-time password is made up and printed')
    .requiredOption('--name <name>', 'login name')
    .addOption(new Option('--role <role>', 'what she may do').choices(ROLES).makeOptionMandatory())
    .option('--agent <id>', 'the agent she is; needed for role agent, who sees only her own calls')
    .option('--password-stdin', 'read the password from standard input')
    .option('--mask-numbers', 'show her numbers of people as 138****8000 only')
    .action(async (options) => (await import('./user.ts')).runUserCreate(options))
  user
    .command('list')
    .description('list accounts')
    .option('--json', 'print a JSON array')
    .action(async (options) => (await import('./user.ts')).runUserList(options))
  user
    .command('password')
    .description('set a password: from standard input if it is piped, else a one-time one that is printed')
    .argument('<name>', 'login name')
    .action(async (name: string) => (await import('./user.ts')).runUserPassword(name))
  user
    .command('numbers')
    .description('whether she sees the numbers of people whole')
    .argument('<name>', 'login name')
    .addArgument(new Argument('<how>', 'shown, or masked as 138****8000').choices(['shown', 'masked']))
    .action(async (name: string, how: 'shown' | 'masked') => (await import('./user.ts')).runUserNumbers(name, how))
  user
    .command('disable')
    .description('lock an account and end its sessions')
    .argument('<name>', 'login name')
    .action(async (name: string) => (await import('./user.ts')).runUserDisable(name))
}

function version(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  return String((JSON.parse(text) as { version: unknown }).version)
}

function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (text.trim() === '' || !Number.isInteger(value) || value < min || value > max)
      throw new InvalidArgumentError(`It is a whole number from ${min} to ${max}.`)
    return value
  }
}

function positiveNumber(text: string): number {
  const value = Number(text)
  if (!(value > 0 && value <= 100_000)) throw new InvalidArgumentError('It is a number above 0.')
  return value
}
