// Saving the search on show under a name, and arranging the saved ones: rename, share, order, default, delete.
import ArrowDownOutlined from '@ant-design/icons-svg/es/asn/ArrowDownOutlined'
import ArrowUpOutlined from '@ant-design/icons-svg/es/asn/ArrowUpOutlined'
import DeleteOutlined from '@ant-design/icons-svg/es/asn/DeleteOutlined'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useOpenSession } from '../access/session-context.ts'
import {
  keepPreference,
  preferencesQuery,
  removeView,
  type SavedView,
  saveView,
  type ViewWish,
  viewsQuery,
} from '../api/views.ts'
import { Checkbox } from '../ui/antd/Checkbox.ts'
import { Button } from '../ui/Button.tsx'
import { Dialog } from '../ui/Dialog.tsx'
import { problemText } from '../ui/problem-text.ts'
import { TextField } from '../ui/TextField.tsx'
import { arranged, moveView, unarranged, type ViewArrangement } from './view-order.ts'
import './list-dialogs.css'
import { Icon } from '../ui/Icon.tsx'

interface ViewsDialogProps {
  mode: 'save' | 'arrange'
  query: string
  onClose(): void
}

const MAX_NAME = 60

export default function ViewsDialog({ mode, query, onClose }: ViewsDialogProps) {
  return mode === 'save' ? <SaveView query={query} onClose={onClose} /> : <ArrangeViews onClose={onClose} />
}

function SaveView({ query, onClose }: Omit<ViewsDialogProps, 'mode'>) {
  const { t } = useTranslation()
  const { user } = useOpenSession()
  const client = useQueryClient()
  const arrangement = useArrangement()
  const [name, setName] = useState('')
  const [shared, setShared] = useState(false)
  const [opens, setOpens] = useState(false)
  const [isSaving, setSaving] = useState(false)
  const [problem, setProblem] = useState<unknown>(null)

  async function save(event: FormEvent): Promise<void> {
    event.preventDefault()
    if (name.trim() === '' || isSaving) return
    setSaving(true)
    try {
      const saved = await saveView(client, null, { name: name.trim(), query, shared })
      if (opens) await arrangement.change((now) => ({ ...now, default: saved.id }))
      onClose()
    } catch (error) {
      setProblem(error)
      setSaving(false)
    }
  }

  return (
    <Dialog title={t('callList.views.save')} onClose={onClose}>
      <form className="view-form" onSubmit={(event) => void save(event)}>
        <TextField
          autoFocus
          aria-label={t('callList.views.name')}
          placeholder={t('callList.views.namePlaceholder')}
          value={name}
          maxLength={MAX_NAME}
          onChange={(event) => setName(event.target.value)}
        />
        {user.role === 'agent' ? null : (
          <Checkbox checked={shared} onChange={(event) => setShared(event.target.checked)}>
            {t('callList.views.share')}
          </Checkbox>
        )}
        <Checkbox checked={opens} onChange={(event) => setOpens(event.target.checked)}>
          {t('callList.views.makeDefault')}
        </Checkbox>
        {problem ? (
          <p className="view-problem" role="alert">
            {problemText(problem, t)}
          </p>
        ) : null}
        <div className="view-form-end">
          <Button onClick={onClose}>{t('password.cancel')}</Button>
          <Button look="primary" type="submit" isBusy={isSaving} disabled={name.trim() === ''}>
            {t('password.save')}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

function ArrangeViews({ onClose }: { onClose(): void }) {
  const { t } = useTranslation()
  return (
    <Dialog title={t('callList.views.arrange')} isWide onClose={onClose}>
      <ViewList />
    </Dialog>
  )
}

/** The saved searches, to be arranged; also a page of the settings. */
export function ViewList() {
  const { t } = useTranslation()
  const client = useQueryClient()
  const views = useQuery(viewsQuery)
  const { now, change } = useArrangement()
  const [problem, setProblem] = useState<unknown>(null)
  const doing = useRef<Promise<unknown>>(Promise.resolve())
  const all = arranged(views.data ?? [], now)

  /** One after the other, in the order they were asked for: the last word on the server is the last one said here. */
  function attempt(work: () => Promise<unknown>): void {
    setProblem(null)
    doing.current = doing.current.then(work).catch(setProblem)
  }

  return (
    <>
      <ol className="view-list plain">
        {all.map((view, place) => (
          <ViewLine
            key={view.id}
            view={view}
            isFirst={place === 0}
            isLast={place === all.length - 1}
            isDefault={view.id === now.default}
            onDefault={(isOn) => attempt(() => change((now) => ({ ...now, default: isOn ? view.id : null })))}
            onMove={(by) => attempt(() => change((now) => moveView(all, now, view.id, by)))}
            onSave={(wish) => attempt(() => saveView(client, view.id, wish))}
            onRemove={() => attempt(() => removeView(client, view.id))}
          />
        ))}
      </ol>
      {all.length === 0 ? <p className="faint">{t('callList.views.none')}</p> : null}
      {problem ? (
        <p className="view-problem" role="alert">
          {problemText(problem, t)}
        </p>
      ) : null}
    </>
  )
}

interface ViewLineProps {
  view: SavedView
  isFirst: boolean
  isLast: boolean
  isDefault: boolean
  onDefault(isOn: boolean): void
  onMove(by: -1 | 1): void
  onSave(wish: ViewWish): void
  onRemove(): void
}

function ViewLine({ view, isFirst, isLast, isDefault, onDefault, onMove, onSave, onRemove }: ViewLineProps) {
  const { t } = useTranslation()
  const { user } = useOpenSession()
  const [name, setName] = useState(view.name)
  const [isAsking, setAsking] = useState(false)
  const { query, shared } = view
  const of = (what: string) => `${what}: ${view.name}`

  function rename(): void {
    if (name.trim() === '') setName(view.name)
    else if (name.trim() !== view.name) onSave({ name: name.trim(), query, shared })
  }

  return (
    <li className="view-line">
      <TextField
        aria-label={of(t('callList.views.name'))}
        value={name}
        maxLength={MAX_NAME}
        disabled={!view.mayChange}
        onChange={(event) => setName(event.target.value)}
        onBlur={rename}
        onEnter={rename}
      />
      <Checkbox checked={isDefault} onChange={(event) => onDefault(event.target.checked)}>
        {t('callList.views.default')}
      </Checkbox>
      <Checkbox
        checked={shared}
        disabled={!view.mayChange || user.role === 'agent'}
        onChange={(event) => onSave({ name: name.trim() || view.name, query, shared: event.target.checked })}
      >
        {t('callList.views.sharedMark')}
      </Checkbox>
      <span className="view-buttons">
        <Button
          look="text"
          size="small"
          icon={<Icon of={ArrowUpOutlined} />}
          disabled={isFirst}
          aria-label={of(t('callList.columns.up'))}
          title={t('callList.columns.up')}
          onClick={() => onMove(-1)}
        />
        <Button
          look="text"
          size="small"
          icon={<Icon of={ArrowDownOutlined} />}
          disabled={isLast}
          aria-label={of(t('callList.columns.down'))}
          title={t('callList.columns.down')}
          onClick={() => onMove(1)}
        />
        {isAsking ? (
          <Button isDanger size="small" autoFocus onBlur={() => setAsking(false)} onClick={onRemove}>
            {t('callList.views.reallyDelete')}
          </Button>
        ) : (
          <Button
            look="text"
            size="small"
            icon={<Icon of={DeleteOutlined} />}
            disabled={!view.mayChange}
            aria-label={of(t('callList.views.delete'))}
            title={t('callList.views.delete')}
            onClick={() => setAsking(true)}
          />
        )}
      </span>
    </li>
  )
}

interface Arranging {
  now: ViewArrangement
  /** From what it is at that moment, which may not have been drawn yet. */
  change(change: (now: ViewArrangement) => ViewArrangement): Promise<void>
}

function useArrangement(): Arranging {
  const client = useQueryClient()
  const preferences = useQuery(preferencesQuery)
  return {
    now: preferences.data?.views ?? unarranged,
    change: (change) => {
      const now = client.getQueryData(preferencesQuery.queryKey)?.views ?? unarranged
      return keepPreference(client, 'views', change(now))
    },
  }
}
