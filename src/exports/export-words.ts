// The words of exported files in both languages: what columns are called, and every closed list of the vocabulary. They
// are the console's words (export-words.test.ts compares them), so that a file says what the screen says.
import type {
  CallType,
  HangupReason,
  NotConnectedCause,
  Phase,
  RecordingState,
  ReleasingParty,
} from '../calls/vocabulary.ts'

export const EXPORT_LANGUAGES = ['zh-CN', 'en'] as const
export type ExportLanguage = (typeof EXPORT_LANGUAGES)[number]

export const COLUMN_IDS = [
  'id',
  'startedAt',
  'establishedAt',
  'answeredAt',
  'endedAt',
  'type',
  'caller',
  'callee',
  'customer',
  'dialledNumber',
  'agent',
  'agentId',
  'skillGroup',
  'talk',
  'hangupReason',
  'notConnectedCause',
  'releasedBy',
  'phase',
  'duration',
  'wait',
  'ivr',
  'queue',
  'ring',
  'hold',
  'agents',
  'skillGroups',
  'transfers',
  'keys',
  'recordings',
  'recordingState',
  'tags',
  'source',
  'endEstimated',
  'reconstructed',
] as const
export type ColumnId = (typeof COLUMN_IDS)[number]

export interface ExportWords {
  column: Record<ColumnId, string>
  callType: Record<CallType, string>
  hangupReason: Record<HangupReason, string>
  notConnectedCause: Record<NotConnectedCause, string>
  releasedBy: Record<ReleasingParty, string>
  phase: Record<Phase, string>
  recordingState: Record<RecordingState, string>
  yes: string
  /** `通话时长` → `通话时长（秒）`. */
  inSeconds(name: string): string
  /** `开始时间` → `开始时间（Asia/Shanghai）`. */
  inZone(name: string, timeZone: string): string
  /** How the file is called, and the sheets of a workbook. */
  calls: string
  recordingsFile: string
  /** The list inside a ZIP of audio. */
  audio: {
    file: string
    bytes: string
    state: string
    recording: string
    list: string
    none: string
    unreadable: string
  }
}

const zhCN: ExportWords = {
  column: {
    id: '通话ID',
    startedAt: '开始时间',
    establishedAt: '通话建立时间',
    answeredAt: '接听时间',
    endedAt: '结束时间',
    type: '呼叫类型',
    caller: '主叫号码',
    callee: '被叫号码',
    customer: '客户号码',
    dialledNumber: '拨打的号码',
    agent: '坐席',
    agentId: '坐席编号',
    skillGroup: '技能组',
    talk: '通话时长',
    hangupReason: '挂断原因',
    notConnectedCause: '未接通原因',
    releasedBy: '挂断方',
    phase: '当前状态',
    duration: '总时长',
    wait: '等待时长',
    ivr: 'IVR时长',
    queue: '排队时长',
    ring: '振铃时长',
    hold: '保持时长',
    agents: '全部坐席',
    skillGroups: '全部技能组',
    transfers: '转接次数',
    keys: '客户按键',
    recordings: '录音数',
    recordingState: '录音状态',
    tags: '标签',
    source: '来源',
    endEstimated: '结束时间为估计',
    reconstructed: '事后补全',
  },
  callType: {
    inbound: '呼入',
    outbound: '呼出',
    'back-to-back': '双呼',
    predictive: '预测式外呼',
    'virtual-number': '虚拟号码外呼',
    internal: '内部',
  },
  hangupReason: {
    normal: '正常',
    'not-connected': '未接通',
    'abandoned-in-ivr': 'IVR中放弃',
    'abandoned-in-queue': '排队放弃',
    'abandoned-while-ringing': '振铃放弃',
    'queue-timeout': '排队超时',
    'transferred-external': '转外线',
    unknown: '未知',
  },
  notConnectedCause: {
    busy: '客户忙',
    rejected: '客户拒接',
    'no-answer': '无人接听',
    'caller-cancelled': '主叫取消',
    'invalid-number': '号码无效',
    network: '线路故障',
    'agent-unavailable': '坐席未接听',
  },
  releasedBy: { agent: '坐席', customer: '客户', system: '系统' },
  phase: { ivr: 'IVR中', queued: '排队中', ringing: '振铃中', talking: '通话中', held: '保持中', dialling: '拨号中' },
  recordingState: {
    recording: '正在录音',
    available: '可播放',
    deleted: '已删除',
    missing: '文件缺失',
    damaged: '文件损坏',
  },
  yes: '是',
  inSeconds: (name) => `${name}（秒）`,
  inZone: (name, timeZone) => `${name}（${timeZone}）`,
  calls: '通话记录',
  recordingsFile: '录音',
  audio: {
    file: '文件',
    bytes: '字节',
    state: '录音状态',
    recording: '录音序号',
    list: '录音清单',
    none: '没有录音',
    unreadable: '无法读取',
  },
}

const en: ExportWords = {
  column: {
    id: 'Call ID',
    startedAt: 'Started',
    establishedAt: 'Established',
    answeredAt: 'Answered',
    endedAt: 'Ended',
    type: 'Type',
    caller: 'Caller',
    callee: 'Callee',
    customer: 'Customer',
    dialledNumber: 'Dialled number',
    agent: 'Agent',
    agentId: 'Agent ID',
    skillGroup: 'Skill group',
    talk: 'Talk time',
    hangupReason: 'Hangup reason',
    notConnectedCause: 'Not connected because',
    releasedBy: 'Released by',
    phase: 'Phase',
    duration: 'Total time',
    wait: 'Waiting time',
    ivr: 'IVR time',
    queue: 'Queue time',
    ring: 'Ring time',
    hold: 'Hold time',
    agents: 'All agents',
    skillGroups: 'All skill groups',
    transfers: 'Transfers',
    keys: 'Keys pressed',
    recordings: 'Recordings',
    recordingState: 'Recording state',
    tags: 'Tags',
    source: 'Source',
    endEstimated: 'End estimated',
    reconstructed: 'Reconstructed',
  },
  callType: {
    inbound: 'Inbound',
    outbound: 'Outbound',
    'back-to-back': 'Back-to-back',
    predictive: 'Predictive',
    'virtual-number': 'Virtual number',
    internal: 'Internal',
  },
  hangupReason: {
    normal: 'Normal',
    'not-connected': 'Not connected',
    'abandoned-in-ivr': 'Abandoned in IVR',
    'abandoned-in-queue': 'Abandoned in queue',
    'abandoned-while-ringing': 'Abandoned ringing',
    'queue-timeout': 'Queue timeout',
    'transferred-external': 'To external line',
    unknown: 'Unknown',
  },
  notConnectedCause: {
    busy: 'Customer busy',
    rejected: 'Customer rejected',
    'no-answer': 'No answer',
    'caller-cancelled': 'Caller cancelled',
    'invalid-number': 'Invalid number',
    network: 'Network failure',
    'agent-unavailable': 'Agent did not answer',
  },
  releasedBy: { agent: 'Agent', customer: 'Customer', system: 'System' },
  phase: {
    ivr: 'In IVR',
    queued: 'Queued',
    ringing: 'Ringing',
    talking: 'Talking',
    held: 'On hold',
    dialling: 'Dialling',
  },
  recordingState: {
    recording: 'recording',
    available: 'available',
    deleted: 'deleted',
    missing: 'missing',
    damaged: 'damaged',
  },
  yes: 'yes',
  inSeconds: (name) => `${name} (s)`,
  inZone: (name, timeZone) => `${name} (${timeZone})`,
  calls: 'calls',
  recordingsFile: 'recordings',
  audio: {
    file: 'File',
    bytes: 'Bytes',
    state: 'Recording state',
    recording: 'Recording',
    list: 'recordings',
    none: 'no recording',
    unreadable: 'cannot be read',
  },
}

/** A language's words. */
export function wordsIn(language: ExportLanguage): ExportWords {
  return language === 'en' ? en : zhCN
}

/** Every word is its own code: for programs, in no language. */
export const codes: ExportWords = {
  column: asCodes(en.column),
  callType: asCodes(en.callType),
  hangupReason: asCodes(en.hangupReason),
  notConnectedCause: asCodes(en.notConnectedCause),
  releasedBy: asCodes(en.releasedBy),
  phase: asCodes(en.phase),
  recordingState: asCodes(en.recordingState),
  yes: 'true',
  inSeconds: (name) => `${name}Seconds`,
  inZone: (name) => name,
  calls: en.calls,
  recordingsFile: en.recordingsFile,
  audio: {
    file: 'file',
    bytes: 'bytes',
    state: 'recordingState',
    recording: 'recording',
    list: 'recordings',
    none: 'none',
    unreadable: 'unreadable',
  },
}

function asCodes<Code extends string>(words: Record<Code, string>): Record<Code, string> {
  return Object.fromEntries(Object.keys(words).map((code) => [code, code])) as Record<Code, string>
}
