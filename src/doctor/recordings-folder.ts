// The folders that recordings are taken from: are they there, may they be read, is there room, and do the files' names say
// which call they belong to? Used by the checks of every PBX. It reads names and sizes only, and not more than a bounded number.
import { constants } from 'node:fs'
import { access, opendir, stat, statfs } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { type ConnectorConfig, recordingFolders } from '../config.ts'
import { isAudioName } from '../recordings/bare-audio.ts'
import { nameReader, type ReadName, readRecordingName } from '../recordings/recording-name.ts'
import { type Finding, type Fix, finding } from './finding.ts'
import { inTime } from './in-time.ts'

export interface RecordingsFolder {
  folder: string
  /** `silent`: a network file system that does not answer. */
  state: 'there' | 'absent' | 'no-folder' | 'unreadable' | 'silent'
  /** Of the disk it lies on; null: not known. */
  space: { freeBytes: number; totalBytes: number } | null
  /** Names of audio files below it, the first found. */
  names: readonly string[]
}

const NAMES_MAX = 2_000
const LOOK_MS = 3_000
const DEPTH_MAX = 4

/** A disk with less than this much room, or this share of it, is nearly full. */
const SCARCE_BYTES = 2 * 1024 ** 3
const SCARCE_SHARE = 0.02

/** Looks at all folders of a connector, side by side. */
export async function lookAtFolders(
  connector: Pick<ConnectorConfig, 'recordings'>,
  expected: FolderExpectation,
  now: () => number,
): Promise<Finding[]> {
  const looked = await Promise.all(recordingFolders(connector).map((folder) => lookAtFolder(folder, now)))
  const names = connector.recordings?.names
  if (names === undefined) return checkRecordings(looked, expected)
  try {
    return checkRecordings(looked, { ...expected, readName: nameReader(names) })
  } catch (cause) {
    const { message } = cause as Error
    return [
      finding(
        'recordings',
        'error',
        'names-template-wrong',
        [
          `"names": "${names}" cannot be understood: ${message}. Callbook does not start with it.`,
          `无法理解 "names": "${names}"：${message}。这样 Callbook 无法启动。`,
        ],
        [{ file: 'callbook.config.json', lines: ['"names": "*_{callId}_{n}"'], run: [] }],
      ),
      ...checkRecordings(looked, expected),
    ]
  }
}

/** Looks at the folder; never throws for what it finds, nor waits for a file system that is gone. */
export async function lookAtFolder(folder: string, now: () => number): Promise<RecordingsFolder> {
  return inTime(look(folder, now), { folder, state: 'silent', space: null, names: [] })
}

async function look(folder: string, now: () => number): Promise<RecordingsFolder> {
  const looked = { folder, space: null, names: [] }
  try {
    if (!(await stat(folder)).isDirectory()) return { ...looked, state: 'no-folder' }
    await access(folder, constants.R_OK | constants.X_OK)
  } catch (error) {
    return { ...looked, state: (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'absent' : 'unreadable' }
  }
  return {
    folder,
    state: 'there',
    space: await spaceOf(folder),
    names: await audioNamesIn(folder, now() + LOOK_MS, now),
  }
}

async function spaceOf(folder: string): Promise<RecordingsFolder['space']> {
  try {
    const { bavail, blocks, bsize } = await statfs(folder)
    return { freeBytes: bavail * bsize, totalBytes: blocks * bsize }
  } catch {
    // Some network file systems do not tell.
    return null
  }
}

async function audioNamesIn(folder: string, until: number, now: () => number): Promise<string[]> {
  const names: string[] = []
  const folders = [{ path: folder, depth: 0 }]
  for (let next = folders.shift(); next; next = folders.shift()) {
    const { path, depth } = next
    try {
      for await (const entry of await opendir(path, { bufferSize: 256 })) {
        if (names.length >= NAMES_MAX || now() > until) return names
        if (entry.isFile() && isAudioName(entry.name)) names.push(relative(folder, join(path, entry.name)))
        else if (entry.isDirectory() && depth < DEPTH_MAX)
          folders.push({ path: join(path, entry.name), depth: depth + 1 })
      }
    } catch {
      // A folder below that may not be read hides nothing of the others.
    }
  }
  return names
}

export interface FolderExpectation {
  /** Where the PBX records to by itself; null: not known. */
  pbxFolder: string | null
  /** Where it does so unless told otherwise. */
  usualFolder: string
  /** Does such a call id belong to this kind of PBX? */
  isCallId(callId: string): boolean
  /** How the PBX is told to name recordings as Callbook wants them. */
  naming: Fix
  /** How names are read where the connector says so: every call id is one then. */
  readName?: ReadName
  /** The connector takes recordings from elsewhere, too. */
  hasOtherSource?: boolean
}

/** `looked`: every folder that is configured. */
export function checkRecordings(looked: readonly RecordingsFolder[], expected: FolderExpectation): Finding[] {
  if (looked.length === 0 && expected.hasOtherSource !== true)
    return [
      finding(
        'recordings',
        'info',
        'no-recordings-folder',
        [
          'No folder of recordings is configured for this connector: calls have no sound, unless it is uploaded.',
          '该接入器未配置录音目录：除非另行上传，通话没有录音。',
        ],
        [folderFix(expected.pbxFolder ?? expected.usualFolder)],
      ),
    ]
  return [...looked.flatMap((one) => checkFolder(one, expected)), ...checkPlace(looked, expected)]
}

function checkFolder(looked: RecordingsFolder, expected: FolderExpectation): Finding[] {
  const { folder, state } = looked
  if (state === 'absent' || state === 'no-folder')
    return [
      finding(
        'recordings',
        'error',
        'folder-absent',
        [
          `The folder of recordings ${folder} is not there${state === 'no-folder' ? ' (it is a file)' : ''}. If the PBX is another machine, mount its folder here.`,
          `录音目录 ${folder} 不存在${state === 'no-folder' ? '（它是一个文件）' : ''}。如果 PBX 在另一台机器上，请把它的目录挂载到本机。`,
        ],
        expected.pbxFolder && expected.pbxFolder !== folder ? [folderFix(expected.pbxFolder)] : [],
      ),
    ]
  if (state === 'unreadable')
    return [
      finding(
        'recordings',
        'error',
        'folder-unreadable',
        [
          `The folder of recordings ${folder} may not be read by the account that Callbook runs as.`,
          `Callbook 的运行账户无权读取录音目录 ${folder}。`,
        ],
        [
          {
            file: null,
            lines: [],
            run: [`ls -ld ${folder}`, 'usermod -aG <group of the folder> callbook   # the account Callbook runs as'],
          },
        ],
      ),
    ]
  if (state === 'silent')
    return [
      finding(
        'recordings',
        'error',
        'folder-silent',
        [
          `The folder of recordings ${folder} does not answer: the network file system behind it hangs.`,
          `录音目录 ${folder} 没有响应：其所在的网络文件系统已挂起。`,
        ],
        [{ file: null, lines: [], run: [`mount | grep ${folder}   # on this machine`] }],
      ),
    ]
  return [checkNames(looked, expected), ...checkSpace(looked)]
}

/** Does this name say which call the file belongs to? */
export function isNamedAfterCall(name: string, { isCallId, readName }: FolderExpectation): boolean {
  if (readName) return readName(name) !== null
  const recording = readRecordingName(name)
  return recording !== null && isCallId(recording.callId)
}

function checkNames({ folder, names }: RecordingsFolder, expected: FolderExpectation): Finding {
  const { naming } = expected
  const named = names.filter((name) => isNamedAfterCall(name, expected))
  const many = names.length >= NAMES_MAX ? `${NAMES_MAX}+` : String(names.length)
  if (names.length === 0)
    return finding(
      'recordings',
      'info',
      'folder-empty',
      [
        `There is no recording in ${folder} yet. Each must be named after its call:`,
        `${folder} 中还没有录音。录音文件须以通话ID命名：`,
      ],
      [naming],
    )
  if (named.length === 0)
    return finding(
      'recordings',
      'warning',
      'names-not-call-ids',
      [
        `The ${many} recordings in ${folder} are not named after their calls (such as ${names[0]}): Callbook cannot tell which call they belong to.`,
        `${folder} 中的 ${many} 个录音没有以通话ID命名（如 ${names[0]}）：Callbook 无法判断它们属于哪通电话。`,
      ],
      [naming],
    )
  return finding('recordings', 'ok', 'recordings-named', [
    `The folder ${folder} can be read; ${named.length} of ${many} recordings looked at are named after their calls.`,
    `录音目录 ${folder} 可读；查看的 ${many} 个录音中有 ${named.length} 个以通话ID命名。`,
  ])
}

/** A folder seen through a mount or from outside a container ends as the PBX's own does. One of several is enough. */
function checkPlace(looked: readonly RecordingsFolder[], { pbxFolder }: FolderExpectation): Finding[] {
  const there = looked.filter(({ state }) => state === 'there').map(({ folder }) => folder)
  const isPbxs = (folder: string) =>
    pbxFolder === null || folder === pbxFolder || folder.startsWith(`${pbxFolder}/`) || folder.endsWith(pbxFolder)
  if (there.length === 0 || there.some(isPbxs)) return []
  const folder = there.join(', ')
  return [
    finding('recordings', 'info', 'folder-elsewhere', [
      `The PBX records to ${pbxFolder} by itself, Callbook looks in ${folder}: make sure that both are the same place, or that the dialplan records there.`,
      `PBX 默认录音到 ${pbxFolder}，而 Callbook 查看的是 ${folder}：请确认两者是同一位置，或拨号方案确实录音到那里。`,
    ]),
  ]
}

function checkSpace({ folder, space }: RecordingsFolder): Finding[] {
  if (!space || (space.freeBytes >= SCARCE_BYTES && space.freeBytes >= space.totalBytes * SCARCE_SHARE)) return []
  const gib = (space.freeBytes / 1024 ** 3).toFixed(1)
  return [
    finding(
      'recordings',
      'warning',
      'disk-nearly-full',
      [
        `The disk with ${folder} has ${gib} GiB left: about ${Math.floor(space.freeBytes / 16_000 / 3_600)} hours of sound, then recordings are cut off.`,
        `${folder} 所在磁盘剩余 ${gib} GiB：约够录音 ${Math.floor(space.freeBytes / 16_000 / 3_600)} 小时，之后录音会被截断。`,
      ],
      [{ file: null, lines: [], run: [`df -h ${folder}`] }],
    ),
  ]
}

function folderFix(folder: string): Fix {
  return { file: 'callbook.config.json', lines: [`"recordings": { "folder": ${JSON.stringify(folder)} }`], run: [] }
}
