// The only reader of the environment and of callbook.config.json. Every limit has its name and its default here.
// Start-up fails with every mistake at once, and nothing else in Callbook looks at process.env.
import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { type Static, Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { type BucketSettings, readRecordingsBucket } from './bucket-address.ts'
import { AppError } from './errors.ts'
import { type RecordingKeys, recordingKeysOf } from './recording-keys.ts'

const Globs = Type.Array(Type.String({ minLength: 1, maxLength: 200 }), { maxItems: 500 })

/** What connectors of every kind are told. */
export const connectorFields = {
  name: Type.String({ minLength: 1, maxLength: 64, pattern: '^[A-Za-z0-9_.-]+$' }),
  instance: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
  host: Type.Optional(Type.String({ minLength: 1 })),
  port: Type.Optional(Type.Integer({ minimum: 1, maximum: 65535 })),
  /** The name of the environment variable that holds the secret of AMI, the password of the event socket. */
  secretEnv: Type.Optional(Type.String({ minLength: 1 })),
  /** Globs over endpoints (`PJSIP/1???`; FreeSWITCH: users, gateways, numbers). Without lists the connector guesses. */
  agents: Type.Optional(Globs),
  trunks: Type.Optional(Globs),
  externalTrunks: Type.Optional(Globs),
  /** Globs over numbers. */
  virtualNumbers: Type.Optional(Globs),
} as const

/** Where the PBX's recordings come from. */
export const recordingFields = {
  folder: Type.Optional(Type.String({ minLength: 1 })),
  /** Further ones, or several at once. */
  folders: Type.Optional(Type.Array(Type.String({ minLength: 1 }), { minItems: 1, maxItems: 20 })),
  /** How files are named, where not as FreePBX, FusionPBX or docs/connect-asterisk.md do it: `{callId}`, `{n}`, `*` (recording-name.ts). */
  names: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
  /** Who is on the left (the first channel) of stereo recordings; `caller`: recorded on the channel of whoever calls. Default: customer. */
  left: Type.Optional(Type.Union([Type.Literal('customer'), Type.Literal('agent'), Type.Literal('caller')])),
} as const

/** Asterisk's REST interface, where its folder cannot be read from here. */
const Ari = Type.Object(
  {
    /** `http://pbx:8088/ari`, as http.conf says. */
    url: Type.String({ pattern: '^https?://[^/?#@]+(/[^?#]*)?$', maxLength: 300 }),
    username: Type.String({ minLength: 1, maxLength: 100 }),
    /** The variable that holds the password of ari.conf. */
    passwordEnv: Type.String({ minLength: 1 }),
    /** Delete at the PBX what has been taken in. */
    deleteAtPbx: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
)

/** A table, perhaps in a schema or another database. It stands in statements, quoted. */
const TableName = Type.String({ pattern: '^[A-Za-z_][A-Za-z0-9_]{0,62}(\\.[A-Za-z_][A-Za-z0-9_]{0,62})?$' })

const AsteriskConfig = Type.Object(
  {
    ...connectorFields,
    type: Type.Literal('asterisk'),
    recordings: Type.Optional(
      Type.Object({ ...recordingFields, ari: Type.Optional(Ari) }, { additionalProperties: false }),
    ),
    username: Type.Optional(Type.String({ minLength: 1 })),
    /** `md5` (default): challenge, the secret never crosses the wire; `plain` where a PBX allows nothing else. */
    login: Type.Optional(Type.Union([Type.Literal('md5'), Type.Literal('plain')])),
    /** The PBX's own records of what happened: read for the time in which the connection was away. */
    backfill: Type.Optional(
      Type.Object(
        {
          /** The file of cel_custom; rotated ones beside it (`.1`, `.gz`) are found. */
          cel: Type.Optional(Type.String({ minLength: 1 })),
          /** What the columns of that file are, in order, where they are not those of Asterisk's sample or of docs/connect-asterisk.md. */
          celColumns: Type.Optional(Type.Array(Type.String({ maxLength: 64 }), { minItems: 4, maxItems: 60 })),
          queueLog: Type.Optional(Type.String({ minLength: 1 })),
          /** Where they are tables instead: whichever is named is read there. */
          database: Type.Optional(
            Type.Object(
              {
                /** The variable with the database's address: `postgresql://` or `mysql://`, with user and password. */
                urlEnv: Type.String({ minLength: 1 }),
                celTable: Type.Optional(TableName),
                queueLogTable: Type.Optional(TableName),
              },
              { additionalProperties: false },
            ),
          ),
        },
        { additionalProperties: false },
      ),
    ),
  },
  { additionalProperties: false },
)

/** The folders in which a connector's PBX leaves its recordings, as configured. */
export function recordingFolders({ recordings }: Pick<ConnectorConfig, 'recordings'>): string[] {
  const { folder, folders = [] } = recordings ?? {}
  return [...new Set([...(folder === undefined ? [] : [folder]), ...folders])]
}

/** The event socket knows no user names, and takes the password as it is. */
const FreeswitchConfig = Type.Object(
  {
    ...connectorFields,
    type: Type.Literal('freeswitch'),
    recordings: Type.Optional(Type.Object(recordingFields, { additionalProperties: false })),
  },
  { additionalProperties: false },
)

/** One connector of callbook.config.json; the same object that `callbook derive --connector` takes. */
export type ConnectorConfig = Omit<Static<typeof AsteriskConfig>, 'type'> & { type: 'asterisk' | 'freeswitch' }

const Connectors = Type.Optional(Type.Array(Type.Unknown(), { maxItems: 50 }))
const ConfigFile = Type.Object({ connectors: Connectors }, { additionalProperties: false })
const configFileCheck = Compile(ConfigFile)
const connectorChecks = { asterisk: Compile(AsteriskConfig), freeswitch: Compile(FreeswitchConfig) }

/** What the environment holds for a connector. */
export interface ConnectorSecrets {
  secret: string | null
  /** Of the database with the PBX's own logs. */
  databaseUrl?: string | null
  /** Of the user of Asterisk's ARI. */
  ariPassword?: string | null
}

export interface Config {
  host: string
  port: number
  /** Folder of the database and the recordings; absolute. */
  dataFolder: string
  /** The bucket that recordings may lie in; null: there is none. */
  recordingsBucket: BucketSettings | null
  /** Where new recordings go; older ones stay where they are until they are moved. */
  recordingsIn: 'folder' | 's3'
  /** By which recordings are encrypted; none: they are not. */
  recordingKeys: RecordingKeys
  /** Where those were read from; null: from the environment, or there are none. */
  recordingKeysFile: string | null
  /** How fast stored recordings are read again to be held against their hashes, bytes a second; 0: never. */
  scrubBytesPerSecond: number
  adminPassword: string | null
  /** Days of the list, the quick buttons and the file folders are days here (IANA name). */
  timeZone: string
  /** How far back a search may reach, in days of `timeZone`. */
  searchWindowDays: number
  /** A live call of which nothing was heard for this long is closed, its end estimated; ms. */
  silentCallMs: number
  /** The service level of the board: the part of the customers who were answered within so many seconds. */
  serviceLevelSeconds: number
  /** How often a live feed sends a heartbeat and asks again whether its reader may go on, ms. */
  liveHeartbeatMs: number
  /** Trust X-Forwarded-* of a reverse proxy, and so know that the browser's side is TLS. */
  trustProxy: boolean
  logLevel: string
  /** The ffmpeg that decodes compressed recordings: a name on the PATH, or a path. */
  ffmpeg: string
  connectors: (ConnectorConfig & ConnectorSecrets)[]
  /** May administrators make connectors in the console, beside those of the file? */
  connectorsInConsole: boolean
  limits: Limits
}

/** The instance (contact centre) that exists from the start. */
export const DEFAULT_INSTANCE = 'default'

/** All there are. */
export function instancesOf({ connectors }: Pick<Config, 'connectors'>): string[] {
  return [...new Set([DEFAULT_INSTANCE, ...connectors.map((c) => c.instance ?? DEFAULT_INSTANCE)])]
}

/** Where the sample calls of an instance live: an instance of their own, so that they never mix with real ones. */
export function sampleInstanceOf(instance: string): string {
  return `${instance}/sample`
}

export type Limits = Readonly<Record<keyof typeof limits, number>>

export const limits = {
  eventBytes: 64 * 1024,
  eventsPerRequest: 10_000,
  eventsBodyBytes: 16 * 1024 * 1024,
  eventsPerCall: 5_000,
  /** Events waiting for the writer; past it, senders wait. */
  ingestQueueEvents: 20_000,
  /** Events in one transaction. */
  commitEvents: 1_000,
  /** Calls whose events are kept in memory while they are live. */
  warmCalls: 5_000,
  listPageCalls: 200,
  searchNumberTerms: 20,
  liveFeeds: 500,
  /** Changed calls waiting for one slow reader; past it the reader is told to start over. */
  liveFeedPendingCalls: 5_000,
  liveFeedBufferBytes: 1024 * 1024,
  liveResumeCalls: 5_000,
  recordingBytes: 4 * 1024 * 1024 * 1024,
  /** Uploads at one time; past it, senders are asked to come again. */
  recordingUploads: 64,
  /** Uploads in parts that are not whole yet, and the bytes announced for all of them; past it, senders are asked to come again. */
  uploadsInParts: 200,
  uploadsInPartsBytes: 20 * 1024 * 1024 * 1024,
  /** Recordings waiting for their peaks; past it, they are found again later. */
  soundsWaiting: 2_000,
  /** Compressed recordings decoded at one time, each by a process of its own. */
  recordingDecoders: 2,
  /** The longest that decoding one recording may take. */
  recordingDecodeMs: 10 * 60_000,
  /** Recordings read again at one time because somebody asked; past it, they are asked to come again. */
  recordingVerifications: 4,
  /** Files of one watched folder copied at one time. */
  recordingCopies: 4,
  /** Files of one watched folder waiting for their end or their call; past it, they are found again later. */
  filesWaiting: 50_000,
  /** Files of one watched folder remembered as dealt with; past it, the store is asked again. */
  filesRemembered: 300_000,
  /** Exports of one user or key, in whatever state. */
  exportsOfOwner: 100,
  /** Recordings in one export of audio. */
  exportedRecordings: 20_000,
  /** Files of all exports together. */
  exportsBytes: 20 * 1024 * 1024 * 1024,
  /** What exports leave free on the data folder's disk: events must always be taken. */
  exportsFreeBytes: 512 * 1024 * 1024,
  /** How long an export is kept, ms. */
  exportsKeptMs: 24 * 3_600_000,
  storeRequests: 2_000,
  /** Connectors made in the console. */
  consoleConnectors: 20,
  /** Connections tried at one time because somebody asked, and the longest such a try may take. */
  connectorTests: 3,
  connectorTestMs: 20_000,
  viewsPerUser: 50,
  sharedViews: 100,
} as const

/**
 * Reads settings from `env` (CALLBOOK_…) and the file they name.
 * @throws AppError config-invalid, with every mistake in one sentence.
 */
export function readConfig(env: NodeJS.ProcessEnv = process.env, cwd: string = process.cwd()): Config {
  const mistakes: string[] = []
  const port = wholeNumber(env.CALLBOOK_PORT, 8080, 0, 65_535, 'CALLBOOK_PORT', mistakes)
  const searchWindowDays = wholeNumber(
    env.CALLBOOK_SEARCH_WINDOW_DAYS,
    30,
    1,
    3_650,
    'CALLBOOK_SEARCH_WINDOW_DAYS',
    mistakes,
  )
  const silentCallHours = wholeNumber(
    env.CALLBOOK_SILENT_CALL_HOURS,
    12,
    1,
    720,
    'CALLBOOK_SILENT_CALL_HOURS',
    mistakes,
  )
  const serviceLevelSeconds = wholeNumber(
    env.CALLBOOK_SERVICE_LEVEL_SECONDS,
    20,
    1,
    3_600,
    'CALLBOOK_SERVICE_LEVEL_SECONDS',
    mistakes,
  )
  const timeZone = readTimeZone(env, mistakes)
  const scrubKilobytes = wholeNumber(
    env.CALLBOOK_SCRUB_KB_PER_SECOND,
    1_000,
    0,
    1_000_000,
    'CALLBOOK_SCRUB_KB_PER_SECOND',
    mistakes,
  )
  const recordingsBucket = readRecordingsBucket(env, mistakes)
  const recordingsIn = env.CALLBOOK_RECORDINGS_IN || (env.CALLBOOK_RECORDINGS_URL ? 's3' : 'folder')
  if (recordingsIn !== 'folder' && recordingsIn !== 's3')
    mistakes.push(`CALLBOOK_RECORDINGS_IN: "${recordingsIn}" is neither folder nor s3`)
  if (recordingsIn === 's3' && !env.CALLBOOK_RECORDINGS_URL)
    mistakes.push('CALLBOOK_RECORDINGS_IN: s3 needs CALLBOOK_RECORDINGS_URL')
  const recordingKeys = recordingKeysOf(env, cwd, mistakes)
  const connectors = readConnectors(env, cwd, mistakes)
  if (mistakes.length > 0) throw new AppError('config-invalid', { detail: mistakes.join('; ') })
  return {
    host: env.CALLBOOK_HOST ?? '127.0.0.1',
    port,
    dataFolder: resolve(cwd, env.CALLBOOK_DATA ?? 'data'),
    recordingsBucket,
    recordingKeys,
    recordingKeysFile: env.CALLBOOK_RECORDINGS_KEYS_FILE ? resolve(cwd, env.CALLBOOK_RECORDINGS_KEYS_FILE) : null,
    scrubBytesPerSecond: scrubKilobytes * 1_000,
    recordingsIn: recordingsIn === 's3' ? 's3' : 'folder',
    adminPassword: env.CALLBOOK_ADMIN_PASSWORD || null,
    timeZone,
    searchWindowDays,
    silentCallMs: silentCallHours * 3_600_000,
    serviceLevelSeconds,
    liveHeartbeatMs: 15_000,
    trustProxy: env.CALLBOOK_TRUST_PROXY === '1',
    logLevel: env.CALLBOOK_LOG_LEVEL ?? 'info',
    ffmpeg: env.CALLBOOK_FFMPEG || 'ffmpeg',
    connectors,
    connectorsInConsole: env.CALLBOOK_CONNECTORS_IN_CONSOLE !== '0',
    limits,
  }
}

/**
 * The time zone alone, for commands that need no other setting.
 * @throws AppError config-invalid, unless `mistakes` takes what is wrong.
 */
export function readTimeZone(env: NodeJS.ProcessEnv = process.env, mistakes?: string[]): string {
  const timeZone = env.CALLBOOK_TIME_ZONE || 'Asia/Shanghai'
  if (isTimeZone(timeZone)) return timeZone
  const mistake = `CALLBOOK_TIME_ZONE: "${timeZone}" is not a time zone such as Asia/Shanghai`
  if (!mistakes) throw new AppError('config-invalid', { detail: mistake })
  mistakes.push(mistake)
  return timeZone
}

/** The language that the terminal asks for (LC_ALL, else LC_MESSAGES, else LANG). */
export function readLanguage(env: NodeJS.ProcessEnv = process.env): 'en' | 'zh' {
  return /^zh/i.test(env.LC_ALL || env.LC_MESSAGES || env.LANG || '') ? 'zh' : 'en'
}

/**
 * Checks one connector object, as found in callbook.config.json or given to `derive --connector`.
 * @throws AppError config-invalid
 */
export function checkConnector(value: unknown): ConnectorConfig {
  const mistakes: string[] = []
  const connector = connectorOf(value, 'connector', mistakes)
  if (!connector) throw new AppError('config-invalid', { detail: mistakes.join('; ') })
  return connector
}

/** `place` is where the object stands, for the sentences put into `mistakes`. */
function connectorOf(value: unknown, place: string, mistakes: string[]): ConnectorConfig | null {
  const type = typeof value === 'object' && value !== null && 'type' in value ? value.type : undefined
  const check = type === 'asterisk' || type === 'freeswitch' ? connectorChecks[type] : null
  if (!check) {
    mistakes.push(`${place}: "type" is neither "asterisk" nor "freeswitch"`)
    return null
  }
  if (check.Check(value)) return value
  for (const e of [...check.Errors(value)].slice(0, 10)) mistakes.push(`${place}${e.instancePath} ${e.message}`)
  return null
}

function readConnectors(env: NodeJS.ProcessEnv, cwd: string, mistakes: string[]): Config['connectors'] {
  const named = env.CALLBOOK_CONFIG
  const path = resolve(cwd, named ?? 'callbook.config.json')
  if (!existsSync(path)) {
    if (named) mistakes.push(`CALLBOOK_CONFIG: there is no file ${path}`)
    return []
  }
  let value: unknown
  try {
    value = JSON.parse(readFileSync(path, 'utf8'))
  } catch (cause) {
    mistakes.push(`${path}: ${(cause as Error).message}`)
    return []
  }
  if (!configFileCheck.Check(value)) {
    for (const e of [...configFileCheck.Errors(value)].slice(0, 10))
      mistakes.push(`${path}: ${e.instancePath || '/'} ${e.message}`)
    return []
  }
  const connectors = (value.connectors ?? []).flatMap((one, i) => {
    const connector = connectorOf(one, `${path}: /connectors/${i}`, mistakes)
    return connector ? [connector] : []
  })
  const names = new Set<string>()
  for (const { name } of connectors) {
    if (names.has(name)) mistakes.push(`${path}: two connectors are named ${name}`)
    names.add(name)
  }
  return connectors.map((connector) => {
    const secret = connector.secretEnv ? (env[connector.secretEnv] ?? null) : null
    if (connector.secretEnv && secret === null)
      mistakes.push(`connector ${connector.name}: the variable ${connector.secretEnv} is not set`)
    const ari = connector.recordings?.ari
    const ariPassword = ari ? (env[ari.passwordEnv] ?? null) : null
    if (ari && ariPassword === null)
      mistakes.push(`connector ${connector.name}: the variable ${ari.passwordEnv} is not set`)
    return { ...connector, secret, databaseUrl: databaseUrlOf(connector, env, mistakes), ariPassword }
  })
}

/** The ARI that a connector takes recordings from; null: it does not. */
export function ariSettings({
  recordings,
  ariPassword,
}: Pick<ConnectorConfig & ConnectorSecrets, 'recordings' | 'ariPassword'>) {
  if (!recordings?.ari || !ariPassword) return null
  const { url, username, deleteAtPbx = false } = recordings.ari
  return { url: url.replace(/\/+$/, ''), username, password: ariPassword, deletes: deleteAtPbx }
}

const DATABASE_URL = /^(postgres(ql)?|mysql|mariadb):\/\//

/** The address of the database with the PBX's logs; null: there is none, or a mistake. */
function databaseUrlOf({ name, backfill }: ConnectorConfig, env: NodeJS.ProcessEnv, mistakes: string[]): string | null {
  const database = backfill?.database
  if (!database) return null
  const { urlEnv, celTable, queueLogTable } = database
  if (!celTable && !queueLogTable)
    mistakes.push(`connector ${name}: backfill.database names neither celTable nor queueLogTable`)
  if (celTable && backfill.cel) mistakes.push(`connector ${name}: backfill has CEL both in a file and in a table`)
  if (queueLogTable && backfill.queueLog)
    mistakes.push(`connector ${name}: backfill has queue_log both in a file and in a table`)
  const url = env[urlEnv] ?? null
  if (url === null) mistakes.push(`connector ${name}: the variable ${urlEnv} is not set`)
  // It has a password in it, and is not repeated.
  else if (!DATABASE_URL.test(url) || !URL.canParse(url))
    mistakes.push(
      `connector ${name}: ${urlEnv} is not an address like postgresql://user:password@host/database or mysql://…`,
    )
  return url
}

function wholeNumber(
  text: string | undefined,
  fallback: number,
  min: number,
  max: number,
  name: string,
  mistakes: string[],
): number {
  if (text === undefined || text === '') return fallback
  const value = Number(text)
  if (Number.isInteger(value) && value >= min && value <= max) return value
  mistakes.push(`${name}: "${text}" is not a whole number from ${min} to ${max}`)
  return fallback
}

export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}
