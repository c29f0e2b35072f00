// The tables in which Asterisk's CEL and queue_log are kept, as they are seen from here: whether they can be read, whether
// they are what they should be, and when something was last written. Called by asterisk-doctor.ts; what it means is said here too.
import type { Config } from '../../config.ts'
import { celWish, queueLogWish, sentenceOf } from '../../connectors/asterisk/backfill/database/database-gap-source.ts'
import type { LogDatabase } from '../../connectors/asterisk/backfill/database/log-database.ts'
import {
  type LogTable,
  type LogTableWish,
  openLogTable,
} from '../../connectors/asterisk/backfill/database/log-table.ts'
import { openLogDatabase } from '../../connectors/asterisk/backfill/database/open-log-database.ts'
import { type Finding, type Fix, finding } from '../finding.ts'
import { inTime } from '../in-time.ts'

export type LogTableLook =
  | { state: 'read'; table: LogTable }
  /** `problem`: what the database says. */
  | LogTableTrouble

interface LogTableTrouble {
  state: 'away' | 'unreadable'
  name: string
  urlEnv: string
  problem: string
}

/** null: not configured. */
export interface LogTables {
  cel: LogTableLook | null
  queueLog: LogTableLook | null
}

type Check = 'cel' | 'queue-log'

const SILENT = 'it does not answer.'
const LONG_AGO_MS = 24 * 3_600_000
const LOG_NAMES = {
  cel: ['channel event log (CEL)', '通道事件日志（CEL）'],
  'queue-log': ['queue_log', 'queue_log'],
} as const

export async function lookAtTables({
  backfill,
  databaseUrl,
}: Pick<Config['connectors'][number], 'backfill' | 'databaseUrl'>): Promise<LogTables> {
  const none: LogTables = { cel: null, queueLog: null }
  const config = backfill?.database
  if (!config || !databaseUrl) return none
  const { celTable, queueLogTable, urlEnv } = config
  const look = async (database: LogDatabase | string, wish: LogTableWish | null): Promise<LogTableLook | null> => {
    if (wish === null) return null
    const name = wish.table
    if (typeof database === 'string') return { state: 'away', name, urlEnv, problem: database }
    return openLogTable(database, wish).then(
      (table) => ({ state: 'read', table }),
      (error: unknown) => ({ state: 'unreadable', name, urlEnv, problem: sentenceOf(error) }),
    )
  }
  const opening = openLogDatabase(databaseUrl).catch(sentenceOf)
  const database = await inTime<LogDatabase | string | null>(opening, null)
  if (database === null) void opening.then((late) => (typeof late === 'string' ? undefined : late.close()))
  try {
    return {
      cel: await look(database ?? SILENT, celTable ? celWish(celTable) : null),
      queueLog: await look(database ?? SILENT, queueLogTable ? queueLogWish(queueLogTable) : null),
    }
  } finally {
    if (database !== null && typeof database !== 'string') await database.close()
  }
}

export function checkLogTable(check: Check, look: LogTableLook, now: number): Finding {
  if (look.state !== 'read') return troubleOf(check, look)
  const [en, zh] = LOG_NAMES[check]
  const { name, newestAt, isCoarse } = look.table
  if (newestAt === null)
    return finding(
      check,
      'info',
      `${check}-table-empty`,
      [
        `The table ${name} with the ${en} can be read; it is empty so far.`,
        `可以读取存放${zh}的表 ${name}，目前为空。`,
      ],
      written(check, name),
    )
  const newest = new Date(newestAt).toISOString().slice(0, 19).replace('T', ' ')
  if (now - newestAt > LONG_AGO_MS)
    return finding(
      check,
      'warning',
      `${check}-table-old`,
      [
        `The newest row of the table ${name} is of ${newest} UTC: Asterisk seems to write its ${en} somewhere else by now, or not at all.`,
        `表 ${name} 最新的一行是 ${newest} UTC：Asterisk 似乎已不再把${zh}写到这里。`,
      ],
      written(check, name),
    )
  if (check === 'cel' && isCoarse)
    return finding(
      check,
      'info',
      'cel-table-coarse',
      [
        `The ${en} can be read in the table ${name} (newest row ${newest} UTC). Its times are whole seconds: so are those of calls that are completed from it.`,
        `可以读取表 ${name} 中的${zh}（最新一行 ${newest} UTC）。其时间只精确到秒，据此补全的通话也只精确到秒。`,
      ],
      [
        {
          file: null,
          lines: [],
          run: [`ALTER TABLE ${name} MODIFY eventtime DATETIME(6);   -- in MariaDB, if you like`],
        },
      ],
    )
  return finding(check, 'ok', `${check}-table-read`, [
    `The ${en} can be read in the table ${name} (newest row ${newest} UTC): it completes calls that end while Callbook is not connected.`,
    `可以读取表 ${name} 中的${zh}（最新一行 ${newest} UTC）：用于补全 Callbook 断开期间结束的通话。`,
  ])
}

function troubleOf(check: Check, look: LogTableTrouble): Finding {
  const [en, zh] = LOG_NAMES[check]
  if (look.state === 'away')
    return finding(
      check,
      'warning',
      `${check}-database-away`,
      [
        `The database with the ${en} cannot be reached (address in ${look.urlEnv}): ${look.problem}`,
        `无法连接存放${zh}的数据库（地址在 ${look.urlEnv} 中）：${look.problem}`,
      ],
      [
        {
          file: null,
          lines: [
            `${look.urlEnv}=postgresql://callbook:…@host:5432/asterisk`,
            `${look.urlEnv}=mysql://callbook:…@host:3306/asteriskcdrdb`,
          ],
          run: [],
        },
      ],
    )
  return finding(
    check,
    'warning',
    `${check}-table-unreadable`,
    [
      `The table ${look.name} with the ${en} cannot be read: ${look.problem}`,
      `无法读取存放${zh}的表 ${look.name}：${look.problem}`,
    ],
    [
      { file: null, lines: [], run: [`GRANT SELECT ON ${look.name} TO callbook;   -- in the database`] },
      ...written(check, look.name),
    ],
  )
}

/** How Asterisk is told to write there. */
function written(check: Check, table: string): Fix[] {
  if (check === 'queue-log')
    return [
      {
        file: 'extconfig.conf',
        lines: ['[settings]', `queue_log => odbc,asterisk,${table}   ; or pgsql,asterisk,${table}`],
        run: [],
      },
      {
        file: 'logger.conf',
        lines: ['[general]', 'queue_log = yes', 'queue_log_to_file = yes', 'queue_adaptive_realtime = yes'],
        run: ['asterisk -rx "core reload"'],
      },
    ]
  return [
    { file: 'cel.conf', lines: ['[general]', 'enable = yes', 'apps = dial,queue,park', 'events = ALL'], run: [] },
    {
      file: 'cel_odbc.conf',
      lines: ['[callbook]', 'connection = asterisk   ; a section of res_odbc.conf', `table = ${table}`],
      run: ['asterisk -rx "odbc show"', 'asterisk -rx "module reload cel"', 'asterisk -rx "module load cel_odbc.so"'],
    },
    {
      file: 'cel_pgsql.conf',
      lines: [
        '; instead of cel_odbc, for PostgreSQL',
        '[global]',
        'hostname = …',
        'dbname = asterisk',
        'user = asterisk',
        `table = ${table}`,
      ],
      run: ['asterisk -rx "module load cel_pgsql.so"'],
    },
  ]
}
