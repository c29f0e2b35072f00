// What the fields for agents, skill groups and tags offer: used lately by this reader, frequent among calls, and all there
// are; agents also by the first letters of how their names are spoken.
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useOpenSession } from '../access/session-context.ts'
import { agentsQuery, type Named, skillGroupsQuery } from '../api/calls.ts'
import { noteTagsQuery } from '../api/notes.ts'
import { suggestionsQuery } from '../api/suggestions.ts'
import type { Offer, OfferGroup } from '../ui/Offers.tsx'
import { initialsOf } from './initials.ts'
import type { ListSearch } from './list-search.ts'
import type { Recent } from './recent-values.ts'

/** In a list of thousands, as many as anybody scrolls through: typing finds the others. */
const OFFERED = 60
const FREQUENT = 6

interface ChoiceProps {
  nameOf(value: string): string
  groups: OfferGroup[]
  onText(text: string): void
  onOpen(): void
}

export function useChoices(search: ListSearch, recent: Recent): Record<'agents' | 'skillGroups', ChoiceProps> {
  const { t } = useTranslation()
  const { user } = useOpenSession()
  const [isWanted, setWanted] = useState(false)
  const [texts, setTexts] = useState({ agents: '', skillGroups: '' })
  // Asked for when a field is first opened, or where the address names somebody.
  const agents = useQuery({
    ...agentsQuery,
    enabled: user.role !== 'agent' && (isWanted || search.agents.length > 0),
  })
  const skillGroups = useQuery({ ...skillGroupsQuery, enabled: isWanted || search.skillGroups.length > 0 })
  const frequent = useQuery({ ...suggestionsQuery, enabled: isWanted }).data

  const choiceOf = (
    kind: 'agents' | 'skillGroups',
    query: { data: { items: Named[] } | undefined; isStale: boolean; refetch(): unknown },
    nameOfUnknown: (value: string) => string,
  ): ChoiceProps => {
    const known = query.data?.items ?? []
    const byId = new Map(known.map((one) => [one.id, one]))
    const offer = (id: string): Offer[] => {
      const one = byId.get(id)
      return one ? [offerOf(one)] : []
    }
    const part = texts[kind].trim().toLowerCase()
    const lately = recent[kind].flatMap(offer)
    const often = (frequent?.[kind] ?? [])
      .filter(({ value }) => !recent[kind].includes(value))
      .slice(0, FREQUENT)
      .flatMap(({ value }) => offer(value))
    const found = part === '' ? known : known.filter((one) => isMeant(one, part))
    return {
      nameOf: (id) => byId.get(id)?.name ?? (byId.has(id) ? id : nameOfUnknown(id)),
      groups:
        part === ''
          ? [
              { label: t('choices.recent'), offers: lately },
              { label: t('choices.frequent'), offers: often },
              { label: t('choices.all'), offers: without(found.map(offerOf), [...lately, ...often]).slice(0, OFFERED) },
            ]
          : [{ label: null, offers: found.slice(0, OFFERED).map(offerOf) }],
      onText: (text) => setTexts((now) => ({ ...now, [kind]: text })),
      onOpen() {
        setWanted(true)
        if (isWanted && query.isStale) void query.refetch()
      },
    }
  }
  return {
    agents: choiceOf('agents', agents, (text) => t('search.agentFree', { text })),
    skillGroups: choiceOf('skillGroups', skillGroups, (id) => id),
  }
}

/** Tags of notes; a tag is its own name. */
export function useTagChoices(recent: Recent): Omit<ChoiceProps, 'onText'> {
  const { t } = useTranslation()
  const [isWanted, setWanted] = useState(false)
  const tags = useQuery({ ...noteTagsQuery, enabled: isWanted }).data?.items ?? []
  const offerOf = (tag: string): Offer => ({ value: tag, label: tag })
  const lately = recent.tags.map(offerOf)
  return {
    nameOf: (tag) => tag,
    groups: [
      { label: t('choices.recent'), offers: lately },
      { label: t('choices.all'), offers: without(tags.map(offerOf), lately) },
    ],
    onOpen: () => setWanted(true),
  }
}

function offerOf({ id, name }: Named): Offer {
  return name && name !== id ? { value: id, label: name, hint: id } : { value: id, label: id }
}

function isMeant({ id, name }: Named, part: string): boolean {
  if (id.toLowerCase().includes(part)) return true
  if (name === null) return false
  return name.toLowerCase().includes(part) || (/^[a-z]+$/.test(part) && initialsOf(name).includes(part))
}

function without(offers: Offer[], others: readonly Offer[]): Offer[] {
  const known = new Set(others.map(({ value }) => value))
  return offers.filter(({ value }) => !known.has(value))
}
