// The made-up contact centre of the demo: agents, skill groups, customers and numbers. All names and numbers are
// invented. call-plan.ts picks from it who takes part in a call.
import type { Random } from './random.ts'

export interface DemoAgent {
  number: string
  name: string
  /** Skill groups (queues) she belongs to. */
  skillGroups: readonly string[]
}

export interface DemoSkillGroup {
  /** Also the queue's name in Asterisk: an Asterisk queue has nothing else to be called by. */
  name: string
  /** What a customer presses in the menu to get there. 3 leads to the external line, 9 nowhere. */
  key: string
}

export interface ContactCentre {
  agents: readonly DemoAgent[]
  skillGroups: readonly DemoSkillGroup[]
  /** Numbers that customers dial, and that outbound calls show. */
  mainNumbers: readonly string[]
  virtualNumbers: readonly string[]
  externalNumbers: readonly string[]
  /** Some call often, most once or twice. */
  customer(random: Random): string
  /** A mobile that is bound to a virtual number. */
  boundMobile(random: Random): string
  /** The number that rings one agent's phone without menu and queue. */
  directNumber(agent: DemoAgent): string
}

const SKILL_GROUPS: readonly DemoSkillGroup[] = [
  { name: '销售', key: '1' },
  { name: '售后', key: '2' },
  { name: '技术支持', key: '4' },
  { name: '投诉', key: '5' },
  { name: 'VIP专线', key: '6' },
]

const NAMES = [
  '张三 李娜 王芳 刘洋 陈静 杨帆 赵敏 黄磊 周婷 吴昊 徐丽 孙强',
  '马超 朱琳 胡军 郭晓东 何雨欣 高翔 林晓燕 罗志远 郑凯 梁思琪 谢宇航 宋佳',
  '唐伟 韩雪 冯涛 曹颖 彭博 董文静',
].flatMap((line) => line.split(' '))

const MOBILE_PREFIXES = [
  '130',
  '135',
  '136',
  '137',
  '138',
  '139',
  '150',
  '152',
  '158',
  '159',
  '177',
  '186',
  '188',
  '189',
]
const AREA_CODES = ['010', '020', '021', '022', '023', '024', '025', '027', '028', '0571', '0755', '0512']
const CUSTOMERS = 4_000

/** `agents`: how many there are; the first 30 have names, more are for load. At most 8,999 (1001–9999). */
export function makeContactCentre(random: Random, agents = NAMES.length): ContactCentre {
  const customers = Array.from({ length: CUSTOMERS }, () => customerNumber(random))
  const mobiles = Array.from({ length: 40 }, () => mobileNumber(random))
  return {
    agents: Array.from({ length: Math.min(agents, 8_999) }, (_, i) => makeAgent(i)),
    skillGroups: SKILL_GROUPS,
    mainNumbers: ['02150001000', '4008201000', '02150001088'],
    virtualNumbers: ['17090000001', '17090000002', '17090000016', '17090000028'],
    externalNumbers: ['13900139000', '02162880110', '13700137088'],
    customer: (chance) => customers[Math.floor(CUSTOMERS * chance.next() ** 2)] ?? '13800138000',
    boundMobile: (chance) => chance.pick(mobiles),
    directNumber: (agent) => `0215000${Number(agent.number) + 1000}`,
  }
}

function makeAgent(i: number): DemoAgent {
  const first = SKILL_GROUPS[i % SKILL_GROUPS.length]
  const second = SKILL_GROUPS[(i * 2 + 1) % SKILL_GROUPS.length]
  const skillGroups = new Set<string>()
  if (first) skillGroups.add(first.name)
  if (second && i % 2 === 0) skillGroups.add(second.name)
  return { number: String(1001 + i), name: NAMES[i] ?? `坐席${1001 + i}`, skillGroups: [...skillGroups] }
}

function customerNumber(random: Random): string {
  if (random.chance(0.82)) return mobileNumber(random)
  const area = random.pick(AREA_CODES)
  return area + random.whole(2, 8) + digits(random, area.length === 3 ? 7 : 6)
}

function mobileNumber(random: Random): string {
  return random.pick(MOBILE_PREFIXES) + digits(random, 8)
}

function digits(random: Random, count: number): string {
  return Array.from({ length: count }, () => random.whole(0, 9)).join('')
}
