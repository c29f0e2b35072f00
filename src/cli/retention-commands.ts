// The words of `callbook retention` and `callbook receipts` for the command line.
import type { Command } from 'commander'

export function addRetentionCommands(callbook: Command): void {
  const retention = callbook.command('retention').description('how long recordings are kept').exitOverride()
  const limits = (command: Command) =>
    command
      .option('--capacity <size>', 'all recordings together, such as 500GB or 1.5TB; off')
      .option('--days <days>', 'whole days after the day of the call; off')
      .option('--min-free <size>', 'what stays free of the disk; off')
      .option('--skill-group <limits...>', 'as sales:days=90,capacity=100GB; sales alone: as the others')
      .option('--instance <id>', 'contact centre (default)')
      .option('--json', 'print a JSON object')

  retention
    .command('show', { isDefault: true })
    .description('the limits, what is there, what comes in')
    .option('--instance <id>', 'contact centre (default)')
    .option('--json', 'print a JSON object')
    .action(async (options) => (await import('./retention.ts')).runRetentionShow(options))
  limits(retention.command('set'))
    .description('change the limits that are named')
    .action(async (options) => (await import('./retention.ts')).runRetentionSet(options))
  limits(retention.command('rehearse'))
    .description('what would be deleted, now and in the next seven days; nothing is')
    .action(async (options) => (await import('./retention.ts')).runRetentionRehearse(options))
  retention
    .command('sweep')
    .description('delete now what the limits say')
    .option('--instance <id>', 'contact centre (default)')
    .option('--json', 'print a JSON object')
    .action(async (options) => (await import('./retention.ts')).runRetentionSweep(options))
}

export function addReceiptCommands(callbook: Command): void {
  const receipts = callbook
    .command('receipts')
    .description('the chain of receipts: what was done to recordings for good')
    .exitOverride()

  receipts
    .command('export')
    .description('write it out as NDJSON')
    .option('--instance <id>', 'contact centre (default)')
    .action(async (options) => (await import('./receipts.ts')).runReceiptsExport(options))
  receipts
    .command('verify')
    .description('check that none was changed, removed, put in or moved')
    .option('--file <file>', 'an exported file instead of the store; - for standard input')
    .option('--head <hash>', 'a head that was kept elsewhere: proves that nothing was cut off the end')
    .option('--instance <id>', 'contact centre (default)')
    .option('--json', 'print the verdict as JSON')
    .action(async (options) => (await import('./receipts.ts')).runReceiptsVerify(options))
}
