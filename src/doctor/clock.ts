// How far the PBX's clock is from ours. The PBX is asked the time several times; the quickest answer tells most, since its
// time was written at some moment between question and answer. Used by the checks of every PBX.
import { type Finding, type Fix, finding } from './finding.ts'

export interface ClockSkew {
  /** The PBX's clock minus ours; above 0: the PBX's is ahead. */
  skewMs: number
  /** The truth lies within ± this. */
  uncertaintyMs: number
}

const ROUNDS = 5

/**
 * `askTime` gives the PBX's time (epoch ms), null when it does not tell. `precisionMs`: what its answer is rounded down
 * to (a time in whole seconds is between itself and a second later).
 */
export async function measureSkew(
  askTime: () => Promise<number | null>,
  { now, precisionMs = 0 }: { now: () => number; precisionMs?: number },
): Promise<ClockSkew | null> {
  let best: ClockSkew | null = null
  for (let round = 0; round < ROUNDS; round++) {
    const askedAt = now()
    const theirs = await askTime()
    const answeredAt = now()
    if (theirs === null) break
    const uncertaintyMs = (answeredAt - askedAt + precisionMs) / 2
    const skewMs = theirs + precisionMs / 2 - (askedAt + answeredAt) / 2
    if (best === null || uncertaintyMs < best.uncertaintyMs) best = { skewMs, uncertaintyMs }
  }
  return best
}

/** Smaller differences are nothing that anybody would see in a list of calls. */
const NOTICED_MS = 2_000
/** A search by time, and "today", go wrong. */
const WRONG_MS = 60_000

const SYNCHRONISE: Fix = {
  file: null,
  lines: [],
  run: ['timedatectl set-ntp true', 'timedatectl timesync-status   # or: chronyc tracking'],
}

/** Times in records are the PBX's: this finding says what that means when the clocks differ. */
export function checkClock(skew: ClockSkew | null): Finding {
  if (skew === null)
    return finding('clock', 'info', 'clock-unseen', [
      'The PBX did not tell its time, so its clock could not be compared with this machine’s.',
      'PBX 没有告知它的时间，无法与本机时钟比较。',
    ])
  const sureMs = Math.max(0, Math.abs(skew.skewMs) - skew.uncertaintyMs)
  const amount = duration(Math.abs(skew.skewMs))
  if (sureMs < NOTICED_MS)
    return finding('clock', 'ok', 'clock-right', [
      `The clocks agree: ${amount.en} apart (± ${duration(skew.uncertaintyMs).en}).`,
      `时钟一致：相差 ${amount.zh}（± ${duration(skew.uncertaintyMs).zh}）。`,
    ])
  const ahead = skew.skewMs > 0
  return finding(
    'clock',
    sureMs >= WRONG_MS ? 'error' : 'warning',
    ahead ? 'clock-ahead' : 'clock-behind',
    [
      `The PBX’s clock is ${amount.en} ${ahead ? 'ahead of' : 'behind'} this machine’s. Times in records are the PBX’s: live calls seem to last ${ahead ? 'too short' : 'too long'}, and calls around midnight fall on the wrong day. One of the two is wrong: let both follow a time server.`,
      `PBX 的时钟比本机${ahead ? '快' : '慢'} ${amount.zh}。通话记录的时间取自 PBX：进行中的通话看起来会${ahead ? '过短' : '过长'}，午夜前后的通话会算到错误的日期。两台机器中有一台不准：请让两者都与时间服务器同步。`,
    ],
    [SYNCHRONISE],
  )
}

function duration(ms: number): { en: string; zh: string } {
  if (ms < 1_000) return { en: `${Math.max(1, Math.round(ms))} ms`, zh: `${Math.max(1, Math.round(ms))} 毫秒` }
  if (ms < 120_000) return { en: `${(ms / 1_000).toFixed(1)} s`, zh: `${(ms / 1_000).toFixed(1)} 秒` }
  if (ms < 2 * 3_600_000) return { en: `${Math.round(ms / 60_000)} min`, zh: `${Math.round(ms / 60_000)} 分钟` }
  return { en: `${(ms / 3_600_000).toFixed(1)} h`, zh: `${(ms / 3_600_000).toFixed(1)} 小时` }
}
