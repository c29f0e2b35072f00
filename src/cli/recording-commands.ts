// The commands below `callbook recordings`.
import { type Command, Option } from 'commander'

export function addRecordingCommands(callbook: Command): void {
  const recordings = callbook.command('recordings').description('the stored files of recordings').exitOverride()
  recordings
    .command('verify')
    .description('read files again and hold them against the hash they came in with; records say what is found')
    .option('--call <id>', 'only those of one call')
    .option('--from <time>', 'of calls started from this day or instant on')
    .option('--to <time>', 'and up to this one')
    .option('--instance <id>', 'contact centre (default)')
    .option('--json', 'print a JSON object')
    .action(async (options) => (await import('./recordings.ts')).runRecordingsVerify(options))
  recordings
    .command('move')
    .description(
      'move recordings between folder and bucket; safe beside a running server, goes on where it was stopped',
    )
    .addOption(new Option('--to <storage>', 'where to').choices(['folder', 's3']).makeOptionMandatory())
    .option('--instance <id>', 'contact centre (default)')
    .option('--dry-run', 'say how many there are and move nothing')
    .option('--json', 'print a JSON object')
    .action(async (options) => (await import('./recordings.ts')).runRecordingsMove(options))
  recordings
    .command('key')
    .description('make a new key to encrypt recordings with (docs/recordings-encryption.md)')
    .option('--file <file>', 'append it to this key file instead of printing it')
    .action(async (options) => (await import('./recording-keys.ts')).runRecordingsKey(options))
  recordings
    .command('keys')
    .description('the keys that are there, and how many recordings are encrypted with each')
    .option('--json', 'print a JSON object')
    .action(async (options) => (await import('./recording-keys.ts')).runRecordingsKeys(options))
  recordings
    .command('rekey')
    .description(
      'encrypt all recordings with the newest key; safe beside a running server, goes on where it was stopped',
    )
    .option('--instance <id>', 'contact centre (default)')
    .option('--dry-run', 'say how many there are and change nothing')
    .option('--json', 'print a JSON object')
    .action(async (options) => (await import('./recording-keys.ts')).runRecordingsRekey(options))
}
