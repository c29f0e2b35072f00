import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkConsoleConnector } from '../../../src/connectors/console-connector.ts'
import type { ConnectorJson } from '../api/operations.ts'
import { draftOf, mistakeIn, newDraft, wishOf } from './connector-draft.ts'

test('what the form makes is what the server takes', () => {
  const full = newDraft('asterisk', {
    secret: 's',
    isPlain: true,
    folder: ' /var/spool/asterisk/monitor ',
    names: 'rec-{callId}.wav',
    left: 'agent',
    agents: 'PJSIP/1???，SIP/2???; ',
    trunks: 'PJSIP/a\nPJSIP/b',
  })
  const wish = wishOf(full)
  assert.deepEqual(checkConsoleConnector(wish), wish)
  assert.deepEqual(
    [wish.agents, wish.trunks, wish.externalTrunks],
    [['PJSIP/1???', 'SIP/2???'], ['PJSIP/a', 'PJSIP/b'], undefined],
  )
  assert.deepEqual(wish.recordings, { folder: '/var/spool/asterisk/monitor', names: 'rec-{callId}.wav', left: 'agent' })
  const freeswitch = wishOf(newDraft('freeswitch', { secret: 's', username: 'ignored', isPlain: true }))
  assert.deepEqual(checkConsoleConnector(freeswitch), freeswitch)
  assert.deepEqual(Object.keys(freeswitch), ['name', 'type', 'host', 'port', 'secret'])
})

test('a connector that is edited stays as it is where nothing is changed', () => {
  const settings = {
    host: '10.0.0.5',
    port: 5039,
    username: 'callbook',
    login: 'plain',
    secretEnv: null,
    hasSecret: true,
    agents: ['PJSIP/1???'],
    trunks: null,
    externalTrunks: null,
    virtualNumbers: ['1709*'],
    recordings: { folder: '/r', folders: [], names: null, left: 'caller' },
    backfill: [],
  }
  const connector = { name: 'pbx1', type: 'asterisk', settings } as unknown as ConnectorJson
  assert.deepEqual(wishOf(draftOf(connector)), {
    name: 'pbx1',
    type: 'asterisk',
    host: '10.0.0.5',
    port: 5039,
    username: 'callbook',
    login: 'plain',
    agents: ['PJSIP/1???'],
    virtualNumbers: ['1709*'],
    recordings: { folder: '/r', left: 'caller' },
  })
})

test('what is missing is said before the server is asked', () => {
  assert.equal(mistakeIn(newDraft('asterisk'), false), 'needed')
  assert.equal(mistakeIn(newDraft('asterisk'), true), null)
  assert.equal(mistakeIn(newDraft('asterisk', { secret: 's', username: ' ' }), false), 'needed')
  assert.equal(mistakeIn(newDraft('freeswitch', { secret: 's' }), false), null)
  for (const port of ['', '0', '65536', '50.38', '-1', 'x'])
    assert.equal(mistakeIn(newDraft('asterisk', { secret: 's', port }), false), 'badPort', port)
})
