// The lines of unreached customers: how often and when each tried, how long she has been waiting to be called, and what is
// going on with her at this moment.
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { UnreachedLineJson } from '../../../src/unreached/unreached-routes.ts'
import { useOpenSession } from '../access/session-context.ts'
import { groupText } from '../calls/call-words.ts'
import { CopyText } from '../ui/CopyText.tsx'
import { clockOf, dayOf, durationText } from '../ui/time.ts'

interface UnreachedTableProps {
  lines: readonly UnreachedLineJson[]
  now: number
  /** An agent sees only her own calls: the missed ones are nobody's. */
  mayOpenCalls: boolean
}

export function UnreachedTable({ lines, now, mayOpenCalls }: UnreachedTableProps) {
  const { t } = useTranslation()
  return (
    <div className="table-scroller">
      <table className="unreached-table">
        <thead>
          <tr>
            <th scope="col">{t('unreached.number')}</th>
            <th scope="col">{t('unreached.since')}</th>
            <th scope="col" className="number-cell">
              {t('unreached.missed')}
            </th>
            <th scope="col">{t('unreached.last')}</th>
            <th scope="col">{t('search.skillGroup')}</th>
            <th scope="col" className="number-cell">
              {t('unreached.longestWait')}
            </th>
            <th scope="col">{t('unreached.callbacks')}</th>
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => (
            <Line key={line.lastCallId} line={line} now={now} mayOpenCalls={mayOpenCalls} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Line({ line, now, mayOpenCalls }: { line: UnreachedLineJson; now: number; mayOpenCalls: boolean }) {
  const { t, i18n } = useTranslation()
  const { user } = useOpenSession()
  const calls = new URLSearchParams({ range: '30d', number: line.number })
  const groups = line.skillGroups.map(groupText).join(t('unreached.comma'))
  const last = (
    <>
      <span className="tabular">{timeText(line.lastAt)}</span> {t(`hangupReason.${line.lastReason}`)}
    </>
  )
  return (
    <tr data-number={line.number}>
      <th scope="row">
        <CopyText text={line.number} />
        <LiveState line={line} />
      </th>
      <td title={line.firstAt}>
        <span className="unreached-age">{ageText(now - Date.parse(line.firstAt), i18n.language)}</span>
      </td>
      <td className="number-cell tabular">
        {mayOpenCalls && !user.masksNumbers ? (
          <Link to={`/calls?${calls}`}>{line.missed.toLocaleString(i18n.language)}</Link>
        ) : (
          line.missed.toLocaleString(i18n.language)
        )}
      </td>
      <td>
        {mayOpenCalls ? <Link to={`/calls/${encodeURIComponent(line.lastCallId)}?range=30d`}>{last}</Link> : last}
      </td>
      <td>
        <span className="cut unreached-group" title={groups}>
          {groups === '' ? '–' : groups}
        </span>
      </td>
      <td className="number-cell tabular">{durationText(line.longestWaitMs)}</td>
      <td>
        {line.lastCallbackAt === null ? (
          <span className="nothing">–</span>
        ) : (
          <span className="tabular">
            {t('unreached.tried', { count: line.callbacks, at: timeText(line.lastCallbackAt) })}
          </span>
        )}
      </td>
    </tr>
  )
}

/** What is happening with the customer right now, if anything. */
function LiveState({ line }: { line: UnreachedLineJson }) {
  const { t } = useTranslation()
  if (line.live === null) return null
  const { phase } = line.live
  const state = phase === 'talking' || phase === 'held' ? 'talking' : phase === 'dialling' ? 'dialling' : 'waiting'
  return <span className={`unreached-live is-${state}`}>{t(`unreached.live.${state}`)}</span>
}

/** `11-23 10:00`. */
function timeText(iso: string): string {
  return `${dayOf(iso).slice(5)} ${clockOf(iso).slice(0, 5)}`
}

/** How long ago, in the largest whole unit. */
function ageText(ms: number, language: string): string {
  const text = (value: number, unit: 'day' | 'hour' | 'minute') =>
    new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'long' }).format(value)
  const minutes = Math.max(0, Math.floor(ms / 60_000))
  if (minutes < 60) return text(minutes, 'minute')
  return minutes < 48 * 60 ? text(Math.floor(minutes / 60), 'hour') : text(Math.floor(minutes / 1440), 'day')
}
