// The buttons of a player: previous and next of the list, back, play or pause, forward, loop, silence, sides, speed. The
// dock and the detail share them.
import BackwardOutlined from '@ant-design/icons-svg/es/asn/BackwardOutlined'
import CaretRightFilled from '@ant-design/icons-svg/es/asn/CaretRightFilled'
import ForwardOutlined from '@ant-design/icons-svg/es/asn/ForwardOutlined'
import PauseOutlined from '@ant-design/icons-svg/es/asn/PauseOutlined'
import RetweetOutlined from '@ant-design/icons-svg/es/asn/RetweetOutlined'
import StepBackwardOutlined from '@ant-design/icons-svg/es/asn/StepBackwardOutlined'
import StepForwardOutlined from '@ant-design/icons-svg/es/asn/StepForwardOutlined'
import { useTranslation } from 'react-i18next'
import { Select } from '../ui/antd/Select.ts'
import { Button } from '../ui/Button.tsx'
import { Icon } from '../ui/Icon.tsx'
import { durationText } from '../ui/time.ts'
import { keyOf, SPEEDS, type Track, usePlayback } from './playback-context.ts'
import { SkipSilence } from './SkipSilence.tsx'
import { SoundMix } from './SoundMix.tsx'

export function Transport({ track }: { track: Track }) {
  const { t } = useTranslation()
  const playback = usePlayback()
  const isMine = playback.track !== null && keyOf(playback.track) === keyOf(track)
  const isPlaying = isMine && playback.isPlaying
  const { loop } = playback
  const loopText =
    loop === null
      ? t('recording.loop')
      : loop.to === null
        ? t('recording.loopFrom', { from: durationText(loop.from * 1000) })
        : t('recording.loopOf', { from: durationText(loop.from * 1000), to: durationText(loop.to * 1000) })
  const skipButton = (step: -1 | 1) => {
    const next = isMine ? playback.neighbour(step) : null
    const label = step === -1 ? t('recording.previous') : t('recording.next')
    return (
      <Button
        look="text"
        isRound
        disabled={next === null}
        icon={step === -1 ? <Icon of={StepBackwardOutlined} /> : <Icon of={StepForwardOutlined} />}
        title={label}
        aria-label={label}
        onClick={() => next && playback.toggle(next)}
      />
    )
  }
  return (
    <div className="transport">
      {skipButton(-1)}
      <Button
        look="text"
        isRound
        disabled={!isMine}
        icon={<Icon of={BackwardOutlined} />}
        title={t('recording.back')}
        aria-label={t('recording.back')}
        onClick={() => playback.seekBy(-10)}
      />
      <Button
        look="primary"
        isRound
        icon={isPlaying ? <Icon of={PauseOutlined} /> : <Icon of={CaretRightFilled} />}
        title={isPlaying ? t('recording.pause') : t('recording.play')}
        aria-label={isPlaying ? t('recording.pause') : t('recording.play')}
        onClick={() => playback.toggle(track)}
      />
      <Button
        look="text"
        isRound
        disabled={!isMine}
        icon={<Icon of={ForwardOutlined} />}
        title={t('recording.forward')}
        aria-label={t('recording.forward')}
        onClick={() => playback.seekBy(10)}
      />
      {skipButton(1)}
      <Button
        look="text"
        isRound
        disabled={!isMine}
        className={loop === null || !isMine ? '' : 'is-set'}
        icon={<Icon of={RetweetOutlined} />}
        title={loopText}
        aria-label={loopText}
        aria-pressed={isMine && loop !== null}
        onClick={playback.markLoop}
      />
      {track.isStereo ? <SkipSilence /> : null}
      {track.isStereo ? <SoundMix isDisabled={!isMine} /> : null}
      <Select
        size="small"
        variant="borderless"
        className="speed"
        aria-label={t('recording.speed')}
        value={playback.speed}
        popupMatchSelectWidth={false}
        options={SPEEDS.map((value) => ({ value, label: `${value}×` }))}
        onChange={playback.setSpeed}
      />
    </div>
  )
}
