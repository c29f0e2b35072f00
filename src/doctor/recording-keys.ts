// Are the keys there by which recordings are encrypted? Looks at the store and the settings, changes nothing.
import { stat } from 'node:fs/promises'
import type { KeyUse } from '../recordings/key-use.ts'
import { type Finding, finding } from './finding.ts'

/** `keyFile`: where the keys were read from; null: from the environment, or there are none. */
export async function lookAtRecordingKeys(uses: readonly KeyUse[], keyFile: string | null): Promise<Finding[]> {
  const missing = uses.filter(({ isThere }) => !isThere)
  const newest = uses.find(({ isNewest }) => isNewest)
  const isOn = newest !== undefined && newest.keyId !== null
  const findings = missing.map(({ keyId, recordings }) =>
    finding('recordings', 'error', 'recording-key-missing', [
      `${recordings} recordings are encrypted with key ${keyId}, which is not there: they cannot be heard. Put the key back into the key file from its copy. Without it they are lost.`,
      `有 ${recordings} 条录音用密钥 ${keyId} 加密，但服务器没有这把密钥，无法收听。请从备份中把它放回密钥文件；没有它，这些录音无法恢复。`,
    ]),
  )
  if (isOn && missing.length === 0)
    findings.push(
      finding('recordings', 'ok', 'recordings-encrypted', [
        `New recordings are encrypted with key ${newest.keyId}, and every key that recordings name is there.`,
        `新录音用密钥 ${newest.keyId} 加密，录音用到的密钥都在。`,
      ]),
    )
  const others = uses.filter(({ isThere, isNewest, recordings }) => isThere && !isNewest && recordings > 0)
  const toRekey = others.reduce((sum, { recordings }) => sum + recordings, 0)
  if (toRekey > 0)
    findings.push(
      finding(
        'recordings',
        'info',
        'recordings-to-rekey',
        isOn
          ? [
              `${toRekey} recordings are not encrypted with the newest key (or not at all).`,
              `有 ${toRekey} 条录音不是用最新的密钥加密，或没有加密。`,
            ]
          : [
              `${toRekey} recordings are still encrypted, though encryption is off.`,
              `加密已关闭，但仍有 ${toRekey} 条录音是加密的。`,
            ],
        [{ file: null, lines: [], run: ['npx callbook recordings rekey'] }],
      ),
    )
  if (keyFile !== null && (await isOpenToOthers(keyFile)))
    findings.push(
      finding(
        'recordings',
        'warning',
        'key-file-open',
        [
          `The key file ${keyFile} can be read by others on this machine.`,
          `密钥文件 ${keyFile} 可被本机其他用户读取。`,
        ],
        [{ file: null, lines: [], run: [`chmod 600 ${keyFile}`] }],
      ),
    )
  return findings
}

async function isOpenToOthers(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => null)
  return found !== null && (found.mode & 0o077) !== 0
}
