// The list of scenarios, and what they share: one PBX that run.ts has started, one contact centre around it, one Callbook.
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { untilConnector } from './api.ts'
import { overAri } from './ari.ts'
import { CallbookServer } from './callbook-server.ts'
import { type ContactCentre, closeContactCentre, openContactCentre, TEAMS } from './contact-centre.ts'
import { doctorAndGuide } from './doctor.ts'
import { pbxFailures, serverFailures } from './failures.ts'
import { inboundCalls } from './inbound-calls.ts'
import { liveFeed } from './live-feed.ts'
import { gaps } from './mix/gaps.ts'
import { randomMix } from './mix/random-mix.ts'
import { internalCalls, outboundCalls, platformCalls, virtualNumberCalls } from './other-calls.ts'
import { allRecordings, recordings } from './recordings.ts'
import type { Setting } from './setting.ts'
import { transfers } from './transfers.ts'

const startedAt = Date.now()
let centre: ContactCentre | undefined
let callbook: CallbookServer | undefined

function give(): Setting {
  assert.ok(centre && callbook, 'the contact centre did not open')
  return { centre, callbook }
}

describe('real calls through Asterisk 22', () => {
  before(async () => {
    centre = await openContactCentre()
    callbook = await CallbookServer.start({ recordings: true })
    await untilConnector(callbook, 'connected')
  })
  after(async () => {
    if (centre) closeContactCentre(centre)
    await callbook?.close()
  })

  // One team of agents each, hence as many at a time as there are teams.
  describe('side by side', { concurrency: TEAMS.length }, () => {
    recordings(give)
    transfers(give)
    serverFailures(give)
    liveFeed(give)
    inboundCalls(give)
    outboundCalls(give)
    platformCalls(give)
    virtualNumberCalls(give)
    internalCalls(give)
  })

  describe('a random mix', () => {
    randomMix(give)
  })

  describe('a random mix that nobody listens to for a while', () => {
    gaps(give)
  })

  describe('alone', () => {
    doctorAndGuide(give)
    overAri(give)
    pbxFailures(give)
  })

  describe('after all of it', () => {
    allRecordings(give, startedAt)

    it('everything the PBX said was readable, and the server met no error', async () => {
      const { callbook } = give()
      const state = await untilConnector(callbook, 'connected')
      assert.equal(state.unreadable, 0)
      const errors = callbook
        .log()
        .split('\n')
        .filter((line) => /"level":[56]0/.test(line))
      assert.deepEqual(errors, [])
    })
  })
})
