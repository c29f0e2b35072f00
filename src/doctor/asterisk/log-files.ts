// The files in which Asterisk writes down what happens, as they are seen from here: CEL and queue_log. Looks at their last
// rows only. Called by asterisk-doctor.ts; what it means is decided in check-sources.ts.
import { open } from 'node:fs/promises'
import { type ConnectorConfig, recordingFolders } from '../../config.ts'
import { celLineReader } from '../../connectors/asterisk/backfill/cel-row.ts'
import { readQueueLogLine } from '../../connectors/asterisk/backfill/queue-log-row.ts'
import { inTime } from '../in-time.ts'

export interface LogFile {
  path: string
  /** The connector names it under `backfill`; else it was found where the PBX says that its folders are. */
  isConfigured: boolean
  /** `strange`: there are rows, and none can be understood. */
  state: 'understood' | 'empty' | 'strange' | 'absent' | 'unreadable'
}

/** null: not configured, and not where it would be looked for. */
export interface LogFiles {
  cel: LogFile | null
  queueLog: LogFile | null
}

const TAIL_BYTES = 64 * 1024

/** `directories`: the PBX's own, as it tells them; null: it does not. */
export async function lookAtLogs(
  connector: Pick<ConnectorConfig, 'recordings' | 'backfill'>,
  directories: { spool: string; log: string } | null,
): Promise<LogFiles> {
  const { backfill } = connector
  const readCel = celLineReader(backfill?.celColumns ?? null)
  const found = directories ? `${prefixOf(connector, directories.spool)}${directories.log}` : null
  const look = async (configured: string | undefined, name: string, isRow: (line: string) => boolean) => {
    if (configured !== undefined) return lookAt(configured, true, isRow)
    if (found === null) return null
    const file = await lookAt(`${found}/${name}`, false, isRow)
    return file.state === 'absent' ? null : file
  }
  return {
    cel: await look(backfill?.cel, 'cel-custom/Master.csv', (line) => readCel(line) !== null),
    queueLog: await look(backfill?.queueLog, 'queue_log', (line) => readQueueLogLine(line) !== null),
  }
}

/** Where a mount or container puts the PBX's root, seen from here: what stands in front of its spool in our folder. */
function prefixOf(connector: Pick<ConnectorConfig, 'recordings'>, spool: string): string {
  const [own = ''] = recordingFolders(connector)
  const at = own.indexOf(`${spool}/`)
  return at > 0 ? own.slice(0, at) : ''
}

async function lookAt(path: string, isConfigured: boolean, isRow: (line: string) => boolean): Promise<LogFile> {
  try {
    const lines = await inTime<string[] | null>(lastLines(path), null)
    if (lines === null) return { path, isConfigured, state: 'unreadable' }
    const state = lines.length === 0 ? 'empty' : lines.some(isRow) ? 'understood' : 'strange'
    return { path, isConfigured, state }
  } catch (error) {
    return { path, isConfigured, state: (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'absent' : 'unreadable' }
  }
}

async function lastLines(path: string): Promise<string[]> {
  const file = await open(path, 'r')
  try {
    const { size } = await file.stat()
    const from = Math.max(0, size - TAIL_BYTES)
    const { bytesRead, buffer } = await file.read(Buffer.alloc(Math.min(size, TAIL_BYTES)), 0, undefined, from)
    const lines = buffer.toString('utf8', 0, bytesRead).split('\n')
    // The first is the end of one that began earlier.
    return (from > 0 ? lines.slice(1) : lines).filter((line) => line.trim() !== '')
  } finally {
    await file.close()
  }
}
