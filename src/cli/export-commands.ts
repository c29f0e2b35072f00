// The commands `callbook export …`: what they are called with. What they do stands in export.ts, loaded when it runs.
import { type Command, Option } from 'commander'
import { CALL_TYPES, HANGUP_REASONS } from '../calls/vocabulary.ts'

export function addExportCommands(callbook: Command): void {
  const exports = callbook.command('export').description('calls as files').exitOverride()

  exports
    .command('calls')
    .description('all calls of a search as one file, straight from the store; safe beside a running server')
    .addOption(new Option('--format <format>', 'csv or xlsx').choices(['csv', 'xlsx']).makeOptionMandatory())
    .requiredOption('--out <file>', 'where to write it')
    .option('--from <time>', 'calls started from this day or instant on (today)')
    .option('--to <time>', 'and up to this one; a day is meant whole')
    .option('--caller <number>', 'as 138*, *8000, *3800* or whole')
    .option('--callee <number>', 'the same')
    .option('--number <number>', 'caller, callee, customer or dialled number')
    .option('--agent <agents...>', 'ids, or parts of names')
    .option('--skill-group <groups...>', 'ids or names')
    .addOption(new Option('--type <types...>', 'call types').choices(CALL_TYPES))
    .addOption(new Option('--hangup-reason <reasons...>', 'hangup reasons').choices(HANGUP_REASONS))
    .option('--columns <ids>', 'comma-separated, in this order (all)')
    .addOption(new Option('--language <language>', "of headers and values (the terminal's)").choices(['zh-CN', 'en']))
    .option('--plain', 'CSV for programs: codes, ISO 8601, nothing added for spreadsheets')
    .option('--instance <id>', 'contact centre (default)')
    .option('--force', 'write over a file that is there')
    .option('--json', 'print a JSON object with file, calls and bytes')
    .action(async (options) => (await import('./export.ts')).runExportCalls(options))
}
