// The form of a connector: what stands in its fields, and the connector that they mean. Pure.
import type { ConnectorWish } from '../api/connectors.ts'
import type { ConnectorJson } from '../api/operations.ts'

export type ConnectorType = ConnectorWish['type']
export type LeftSide = 'customer' | 'agent' | 'caller'

export interface ConnectorDraft {
  type: ConnectorType
  name: string
  host: string
  port: string
  username: string
  secret: string
  isPlain: boolean
  folder: string
  names: string
  left: LeftSide
  agents: string
  trunks: string
  externalTrunks: string
  virtualNumbers: string
}

export const DEFAULT_PORTS: Readonly<Record<ConnectorType, number>> = { asterisk: 5038, freeswitch: 8021 }

export function newDraft(type: ConnectorType, more: Partial<ConnectorDraft> = {}): ConnectorDraft {
  return {
    type,
    name: type === 'asterisk' ? 'pbx1' : 'fs1',
    host: '127.0.0.1',
    port: String(DEFAULT_PORTS[type]),
    username: type === 'asterisk' ? 'callbook' : '',
    secret: '',
    isPlain: false,
    folder: '',
    names: '',
    left: 'customer',
    agents: '',
    trunks: '',
    externalTrunks: '',
    virtualNumbers: '',
    ...more,
  }
}

/** A connector as it is, but for its secret. */
export function draftOf({ name, type, settings }: ConnectorJson): ConnectorDraft {
  const known: ConnectorType = type === 'freeswitch' ? 'freeswitch' : 'asterisk'
  if (!settings) return newDraft(known, { name })
  const { recordings } = settings
  const list = (globs: string[] | null) => (globs ?? []).join(', ')
  return newDraft(known, {
    name,
    host: settings.host ?? '127.0.0.1',
    port: String(settings.port ?? DEFAULT_PORTS[known]),
    username: settings.username ?? '',
    isPlain: settings.login === 'plain',
    folder: recordings?.folder ?? '',
    names: recordings?.names ?? '',
    left: (recordings?.left as LeftSide | null | undefined) ?? 'customer',
    agents: list(settings.agents),
    trunks: list(settings.trunks),
    externalTrunks: list(settings.externalTrunks),
    virtualNumbers: list(settings.virtualNumbers),
  })
}

export type DraftMistake = 'needed' | 'badPort'

/** What is wrong before the server is asked; null: nothing. `hasSecret`: one is kept already. */
export function mistakeIn(draft: ConnectorDraft, hasSecret: boolean): DraftMistake | null {
  const { name, host, port, secret, type, username } = draft
  if (name.trim() === '' || host.trim() === '' || (secret === '' && !hasSecret)) return 'needed'
  if (type === 'asterisk' && username.trim() === '') return 'needed'
  return /^\d{1,5}$/.test(port) && Number(port) >= 1 && Number(port) <= 65_535 ? null : 'badPort'
}

/** Empty fields are left out. */
export function wishOf(draft: ConnectorDraft): ConnectorWish {
  const { type, name, host, port, username, secret, isPlain, folder, names, left } = draft
  const lists = Object.fromEntries(
    (['agents', 'trunks', 'externalTrunks', 'virtualNumbers'] as const).flatMap((key) => {
      const globs = globsOf(draft[key])
      return globs.length > 0 ? [[key, globs]] : []
    }),
  )
  return {
    name: name.trim(),
    type,
    host: host.trim(),
    port: Number(port),
    ...(type === 'asterisk' ? { username: username.trim() } : {}),
    ...(type === 'asterisk' && isPlain ? { login: 'plain' as const } : {}),
    ...(secret === '' ? {} : { secret }),
    ...lists,
    ...(folder.trim() === ''
      ? {}
      : {
          recordings: {
            folder: folder.trim(),
            ...(names.trim() === '' ? {} : { names: names.trim() }),
            ...(left === 'customer' ? {} : { left }),
          },
        }),
  }
}

/** Commas of either width, semicolons or line ends between them. */
function globsOf(text: string): string[] {
  return text
    .split(/[,，;；\n]/)
    .map((glob) => glob.trim())
    .filter((glob) => glob !== '')
}
