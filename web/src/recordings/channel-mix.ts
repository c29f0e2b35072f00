// How loud each side of a stereo recording is, and whether the sides are swapped. Made with Web Audio the first time a
// reader asks for anything but the sound as it is; until then the audio element plays by itself.
//
//   <audio> → splitter ─┬ left  → gain ─┬▶ merger → speakers     (swapped: crosswise)
//                       └ right → gain ─┘

/** The first channel is the customer's, the second the agents' (as the waveform draws them). */
export interface ChannelMix {
  /** 0–1.5 of the recorded loudness. */
  customer: number
  agent: number
  isSwapped: boolean
}

export const PLAIN_MIX: ChannelMix = { customer: 1, agent: 1, isSwapped: false }
export const LOUDEST = 1.5

export function isPlainMix({ customer, agent, isSwapped }: ChannelMix): boolean {
  return customer === 1 && agent === 1 && !isSwapped
}

/** Returns what puts a mix into effect. */
export function channelMixer(audio: HTMLAudioElement): (mix: ChannelMix) => void {
  let graph: ReturnType<typeof makeGraph> | null = null
  return (mix) => {
    if (graph === null && isPlainMix(mix)) return
    graph ??= makeGraph(audio)
    const { context, splitter, merger, gains } = graph
    // Made outside a click it may have begun suspended.
    void context.resume()
    const [customer, agent] = gains
    customer.gain.value = mix.customer
    agent.gain.value = mix.agent
    splitter.disconnect()
    customer.disconnect()
    agent.disconnect()
    splitter.connect(customer, 0)
    splitter.connect(agent, 1)
    customer.connect(merger, 0, mix.isSwapped ? 1 : 0)
    agent.connect(merger, 0, mix.isSwapped ? 0 : 1)
  }
}

function makeGraph(audio: HTMLAudioElement) {
  const context = new AudioContext()
  const source = context.createMediaElementSource(audio)
  const splitter = context.createChannelSplitter(2)
  const merger = context.createChannelMerger(2)
  source.connect(splitter)
  merger.connect(context.destination)
  const gains = [context.createGain(), context.createGain()] as const
  return { context, splitter, merger, gains }
}
