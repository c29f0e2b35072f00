// The saved views: choose one, save what is on show, and the door to arranging them. A view is a search with a name: the
// address always says the search itself.
import DownOutlined from '@ant-design/icons-svg/es/asn/DownOutlined'
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { preferencesQuery, type SavedView, viewsQuery } from '../api/views.ts'
import { Icon } from '../ui/Icon.tsx'
import { MenuButton } from '../ui/MenuButton.tsx'
import { arranged, isSameQuery, unarranged } from './view-order.ts'

const ViewsDialog = lazy(() => import('./ViewsDialog.tsx'))

interface ViewsMenuProps {
  /** The search on show, as in the address. */
  query: string
  onShow(view: SavedView | null): void
}

export function ViewsMenu({ query, onShow }: ViewsMenuProps) {
  const { t } = useTranslation()
  const views = useQuery(viewsQuery)
  const preferences = useQuery(preferencesQuery)
  const [dialog, setDialog] = useState<'save' | 'arrange' | null>(null)
  const arrangement = preferences.data?.views ?? unarranged
  const all = arranged(views.data ?? [], arrangement)
  const current = all.find((view) => isSameQuery(view.query, query))
  const entry = (view: SavedView) => ({
    key: view.id,
    label: (
      <span className="menu-choice">
        <span className="cut view-name">{view.name}</span>
        {view.id === arrangement.default ? <span className="view-mark">{t('callList.views.default')}</span> : null}
      </span>
    ),
  })
  const group = (label: string, some: SavedView[]) =>
    some.length === 0 ? [] : [{ type: 'group' as const, key: label, label, children: some.map(entry) }]

  function onClick(key: string): void {
    if (key === 'save' || key === 'arrange') setDialog(key)
    else if (key === 'plain') onShow(null)
    else onShow(all.find((view) => view.id === key) ?? null)
  }

  return (
    <>
      <MenuButton
        className="tool-button views-button"
        menuClassName="views-menu"
        menu={{
          selectedKeys: current ? [current.id] : [],
          onClick: ({ key }) => onClick(key),
          items: [
            { key: 'plain', label: t('callList.views.plain') },
            ...group(
              t('callList.views.own'),
              all.filter((view) => view.own),
            ),
            ...group(
              t('callList.views.shared'),
              all.filter((view) => !view.own),
            ),
            { type: 'divider' },
            { key: 'save', label: t('callList.views.save') },
            { key: 'arrange', label: t('callList.views.arrange'), disabled: all.length === 0 },
          ],
        }}
      >
        <span className="cut">{current?.name ?? t('callList.views.label')}</span>
        <Icon of={DownOutlined} />
      </MenuButton>
      {dialog ? (
        <Suspense fallback={null}>
          <ViewsDialog mode={dialog} query={query} onClose={() => setDialog(null)} />
        </Suspense>
      ) : null}
    </>
  )
}
