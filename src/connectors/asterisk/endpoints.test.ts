import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createEndpoints, endpointOf, idOfEndpoint, numberInDialString, otherHalfOf } from './endpoints.ts'

test('channel names say which endpoint they belong to', () => {
  const names: [string, string, string][] = [
    ['PJSIP/1001-0000002a', 'PJSIP/1001', '1001'],
    ['PJSIP/trunk-beijing-0000002a', 'PJSIP/trunk-beijing', 'trunk-beijing'],
    ['Local/1003@cc-member-00000001;2', 'Local/1003@cc-member', '1003'],
    ['DAHDI/1-1', 'DAHDI/1', '1'],
    ['SIP/1001-00a1b2c3', 'SIP/1001', '1001'],
  ]
  for (const [channel, endpoint, id] of names) {
    assert.equal(endpointOf(channel), endpoint)
    assert.equal(idOfEndpoint(endpoint), id)
  }
  assert.equal(otherHalfOf('Local/1003@ctx-00000001;2'), 'Local/1003@ctx-00000001;1')
  assert.equal(otherHalfOf('PJSIP/1001-0000002a'), null)
})

test('the number is found in every way of dialling', () => {
  const dialled: [string, string | null][] = [
    ['13800138000@customers', '13800138000'],
    ['PJSIP/1001', '1001'],
    ['1003', '1003'],
    ['Local/1003@cc-member/n', '1003'],
    ['trunk/sip:13800138000@10.0.0.1:5060', '13800138000'],
    ['g1/013800138000', '013800138000'],
    ['<unknown>', null],
  ]
  for (const [text, number] of dialled) assert.equal(numberInDialString(text), number)
})

test('without lists, short endpoints and queue members are agents and the rest are trunks', () => {
  const endpoints = createEndpoints({})
  assert.equal(endpoints.kindOf('PJSIP/1001-00000001'), 'agent')
  assert.equal(endpoints.kindOf('PJSIP/customers-00000001'), 'trunk')
  assert.equal(endpoints.kindOf('PJSIP/02150001000-00000001'), 'trunk')
  assert.equal(endpoints.kindOf('Local/1001@x-00000001;1'), 'local')
  assert.equal(endpoints.kindOf('PJSIP/zhang.san-00000001'), 'trunk')
  endpoints.addMember('PJSIP/zhang.san')
  assert.equal(endpoints.kindOf('PJSIP/zhang.san-00000001'), 'agent')
})

test('lists decide; a list of agents alone means that nobody else is one', () => {
  const endpoints = createEndpoints({ agents: ['PJSIP/1???', 'PJSIP/*.agent'], virtualNumbers: ['1709*'] })
  assert.equal(endpoints.kindOf('PJSIP/1001-00000001'), 'agent')
  assert.equal(endpoints.kindOf('PJSIP/li.agent-00000001'), 'agent')
  assert.equal(endpoints.kindOf('PJSIP/2001-00000001'), 'trunk')
  assert.ok(endpoints.isVirtualNumber('17090000001'))
  assert.ok(!endpoints.isVirtualNumber('02117090000'))
  assert.ok(!endpoints.isVirtualNumber(null))
  const trunks = createEndpoints({ trunks: ['PJSIP/9001'] })
  assert.equal(trunks.kindOf('PJSIP/9001-00000001'), 'trunk')
  assert.equal(trunks.kindOf('PJSIP/9002-00000001'), 'agent')
  // A glob is no regular expression.
  assert.equal(createEndpoints({ agents: ['PJSIP/a.b'] }).kindOf('PJSIP/axb-00000001'), 'trunk')
})
