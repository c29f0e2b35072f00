// A message that was never heard, told again from what the PBX wrote down. Made by retell-cel.ts and retell-queue-log.ts,
// taken by the reader in its place among those that were heard.
import type { AmiMessage } from '../ami-parser.ts'

export interface RetoldMessage {
  message: AmiMessage
  /** Epoch ms with fraction, on the PBX's clock. */
  at: number
}

export function retold(event: string, at: number, fields: Readonly<Record<string, string>>): RetoldMessage {
  const message = new Map<string, string[]>([['Event', [event]]])
  for (const [name, value] of Object.entries(fields)) if (value !== '') message.set(name, [value])
  return { message, at }
}
