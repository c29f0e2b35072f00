// Compressed recordings (GSM, ADPCM, G.722) need ffmpeg to be heard: is it there, and does anything wait for it? Called by doctor.ts.
import { ffmpegVersion } from '../recordings/sound/ffmpeg.ts'
import { type Finding, type Fix, finding } from './finding.ts'

/** What doctor is told of the decoding of recordings. */
export interface Decoding {
  /** The program, as configured. */
  ffmpeg: string
  /** Recordings of the connector's instance that wait for it, or that it could not read; null: not known. */
  conversions(): Promise<{ awaited: number; failed: number } | null>
}

const INSTALL: Fix = {
  file: null,
  lines: [],
  run: ['apt-get install ffmpeg   # on the machine of Callbook; nothing to restart'],
}

export async function checkDecoding({ ffmpeg, conversions }: Decoding): Promise<Finding[]> {
  const [version, counts] = await Promise.all([ffmpegVersion(ffmpeg), conversions().catch(() => null)])
  const { awaited, failed } = counts ?? { awaited: 0, failed: 0 }
  return [...checkFfmpeg(ffmpeg, { version, awaited }), ...(failed > 0 ? [notDecoded(failed)] : [])]
}

function checkFfmpeg(ffmpeg: string, { version, awaited }: { version: string | null; awaited: number }): Finding[] {
  if (version !== null)
    return [
      finding('recordings', 'ok', 'ffmpeg-there', [
        `ffmpeg ${version} decodes compressed recordings.`,
        `ffmpeg ${version} 可解码压缩录音。`,
      ]),
    ]
  if (awaited > 0)
    return [
      finding(
        'recordings',
        'warning',
        'recordings-await-ffmpeg',
        [
          `${awaited} recordings are compressed and cannot be played: there is no ffmpeg here (${ffmpeg}). They are kept, and decoded by themselves once it is installed.`,
          `有 ${awaited} 条录音是压缩格式，无法播放：本机没有 ffmpeg（${ffmpeg}）。录音已保存，安装后会自动解码。`,
        ],
        [INSTALL],
      ),
    ]
  return [
    finding(
      'recordings',
      'info',
      'ffmpeg-absent',
      [
        `There is no ffmpeg here (${ffmpeg}): needed only where the PBX records compressed (wav49, gsm, g722).`,
        `本机没有 ffmpeg（${ffmpeg}）：仅在 PBX 录成压缩格式（wav49、gsm、g722）时需要。`,
      ],
      [INSTALL],
    ),
  ]
}

function notDecoded(failed: number): Finding {
  return finding('recordings', 'info', 'recordings-not-decoded', [
    `${failed} compressed recordings could not be decoded; they are kept as they came and can be saved, not played.`,
    `有 ${failed} 条压缩录音无法解码；已按原样保存，可以下载，不能播放。`,
  ])
}
