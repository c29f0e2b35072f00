// What the demo says when it is up, in English and Chinese.
import { DEMO_ACCOUNTS, DEMO_PASSWORD } from './demo-accounts.ts'

export function describeDemo(
  address: string,
  demo: { rate: number; agents: number; pbxPort: number; folder: string },
): readonly string[] {
  const [manager, agent] = DEMO_ACCOUNTS
  return [
    '',
    `  Callbook 通话记录   →   ${address}`,
    '',
    `  admin      / ${DEMO_PASSWORD}   administrator 管理员`,
    `  ${manager.name.padEnd(10)} / ${DEMO_PASSWORD}   manager, every call 主管，可看全部通话`,
    `  ${agent.name.padEnd(10)} / ${DEMO_PASSWORD}   agent 1001, her own calls 坐席张三，只看自己的通话`,
    '',
    '  Simulated: an Asterisk (AMI on 127.0.0.1:' +
      `${demo.pbxPort}) with ${demo.agents} agents replays calls recorded from a real one, about ${everySeconds(demo.rate)},`,
    '  with invented numbers and names; the voices are synthetic. Server, store, live feed and recordings are the real ones.',
    `  模拟部分：一台模拟的 Asterisk 按真实通话的事件回放来电与外呼（${frequency(demo.rate)}），号码与姓名均为虚构，`,
    '  录音为合成语音；服务器、存储、实时推送和录音处理都是正式程序。',
    '',
    `  Data lies in ${demo.folder} and is removed at the end. Ctrl-C stops the demo.`,
    `  数据存放在上述临时目录，退出时删除。按 Ctrl-C 结束演示。`,
    '',
  ]
}

function everySeconds(rate: number): string {
  return rate >= 1 ? `${round(rate)} per second` : `one every ${round(1 / rate)} s`
}

function frequency(rate: number): string {
  return rate >= 1 ? `每秒约 ${round(rate)} 通` : `约每 ${round(1 / rate)} 秒一通`
}

function round(value: number): string {
  return String(Math.round(value * 10) / 10)
}
