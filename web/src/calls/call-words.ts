// How agents and skill groups are called in running text.
import type { TFunction } from 'i18next'

interface Named {
  id: string
  name: string | null
}

/** `张三（1001）`, or the id where there is no other name. */
export function agentText(agent: Named | null, t: TFunction): string {
  if (agent === null) return t('party.somebody')
  return agent.name && agent.name !== agent.id ? t('party.named', { name: agent.name, id: agent.id }) : agent.id
}

export function groupText(group: Named): string {
  return group.name ?? group.id
}
