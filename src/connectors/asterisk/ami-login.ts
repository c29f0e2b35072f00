// Logging in to AMI, and asking what is going on. Called by asterisk-connector.ts on each new connection.
import { createHash } from 'node:crypto'
import { header } from './ami-parser.ts'
import { AmiFailure, type AmiSocket } from './ami-socket.ts'

export interface Credentials {
  username: string
  secret: string
  /** `md5`: the PBX's challenge is answered, the secret does not cross the wire. */
  login: 'md5' | 'plain'
}

/** @throws AmiFailure, `refused` when the PBX does not let us in */
export async function logIn(socket: AmiSocket, { username, secret, login }: Credentials): Promise<void> {
  const user = ['Username', username] as const
  if (login === 'plain') {
    await socket.ask('Login', [user, ['Secret', secret], ['Events', 'on']])
    return
  }
  const challenge = header(await socket.ask('Challenge', [['AuthType', 'MD5']]), 'Challenge')
  if (!challenge) throw new AmiFailure('Challenge: the PBX sent none', { refused: true })
  const key = createHash('md5').update(challenge).update(secret).digest('hex')
  await socket.ask('Login', [user, ['AuthType', 'MD5'], ['Key', key], ['Events', 'on']])
}

/** The variables that dialplans mark calls with. */
const MARKS = 'CC_TYPE,CC_CUSTOMER,CC_DID,CC_SKILL,CC_REC'

/**
 * Asks for everything that is going on; the answers come with the events. The list of channels comes last: with it the
 * picture is complete. Returns a sentence when the PBX does not answer some of it, else null.
 * @throws AmiFailure when the connection ends
 */
export async function askSnapshot(socket: AmiSocket): Promise<string | null> {
  const questions = [
    ['QueueStatus', []],
    ['BridgeList', []],
    [
      'Status',
      [
        ['AllVariables', 'false'],
        ['Variables', MARKS],
      ],
    ],
    ['CoreShowChannels', []],
  ] as const
  const refusals: string[] = []
  for (const [action, fields] of questions) {
    try {
      await socket.askList(action, fields)
    } catch (error) {
      if (!(error instanceof AmiFailure && error.refused)) throw error
      refusals.push(error.message)
    }
  }
  if (refusals.length === 0) return null
  return `The PBX does not say which calls are in progress (${refusals.join('; ')}): give the AMI user write = reporting in manager.conf.`
}
