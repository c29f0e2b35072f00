// What a connector made in the console may say, and whether it does. Pure.
import { isAbsolute } from 'node:path'
import { type Static, Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { connectorFields, recordingFields, recordingFolders } from '../config.ts'
import { AppError } from '../errors.ts'

const { secretEnv: _secretEnv, instance: _instance, ...inConsole } = connectorFields

/**
 * A connector that an administrator makes in the console. It carries its secret, and names neither variables nor files of
 * this machine, but for the folder of the recordings.
 */
const ConsoleConnectorConfig = Type.Object(
  {
    ...inConsole,
    recordings: Type.Optional(Type.Object(recordingFields, { additionalProperties: false })),
    type: Type.Union([Type.Literal('asterisk'), Type.Literal('freeswitch')]),
    host: Type.String({ minLength: 1, maxLength: 255 }),
    username: Type.Optional(Type.String({ minLength: 1, maxLength: 128 })),
    login: Type.Optional(Type.Union([Type.Literal('md5'), Type.Literal('plain')])),
    /** Left out: the one that is kept already. */
    secret: Type.Optional(Type.String({ minLength: 1, maxLength: 512 })),
  },
  { additionalProperties: false },
)
export type ConsoleConnector = Static<typeof ConsoleConnectorConfig>
const consoleConnectorCheck = Compile(ConsoleConnectorConfig)

/**
 * Checks a connector that was made in the console.
 * @throws AppError connector-invalid
 */
export function checkConsoleConnector(value: unknown): ConsoleConnector {
  if (!consoleConnectorCheck.Check(value)) {
    const mistakes = [...consoleConnectorCheck.Errors(value)].slice(0, 5)
    throw new AppError('connector-invalid', {
      detail: mistakes.map(({ instancePath, message }) => `${instancePath || '/'} ${message}`).join('; '),
    })
  }
  if (value.type === 'freeswitch' && (value.username !== undefined || value.login !== undefined))
    throw new AppError('connector-invalid', {
      detail: 'the event socket knows no user names: leave username and login out',
    })
  if (value.type === 'asterisk' && value.username === undefined)
    throw new AppError('connector-invalid', { detail: '/username is needed: the section of manager.conf' })
  for (const folder of recordingFolders(value))
    if (!isAbsolute(folder))
      throw new AppError('connector-invalid', { detail: `/recordings/folder ${folder} is not a whole path` })
  return value
}
