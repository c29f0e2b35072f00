// Who may do what, as named questions. Routes ask these; nobody else decides. A principal is whoever stands behind a
// request: a user with a role, or an API key with scopes.
import type { Call } from '../calls/call.ts'

export const ROLES = ['admin', 'manager', 'agent'] as const
export type Role = (typeof ROLES)[number]

export const SCOPES = [
  'events:write',
  'calls:read',
  'recordings:read',
  'recordings:write',
  'recordings:hold',
  'recordings:silence',
  'retention:read',
  'retention:write',
  'notes:write',
  'receipts:read',
  'metrics:read',
  'rejected:read',
  'rejected:write',
  'connectors:write',
  'names:write',
  'sample:write',
  'users:write',
  'keys:write',
] as const
export type Scope = (typeof SCOPES)[number]

export interface Principal {
  kind: 'user' | 'key'
  /** User id or key id. */
  id: string
  name: string
  /** Everything this principal sees and does stays in this instance. */
  instance: string
  /** The instance the account or key belongs to. Differs from `instance` only while a user looks at sample calls. */
  home: string
  role: Role | null
  scopes: ReadonlySet<Scope>
  /** Set for role `agent`: she sees only calls with this agent. */
  agentId: string | null
  /** Numbers of people are masked in all that this principal reads; ask `maySeeNumbers`. */
  masksNumbers: boolean
}

/** What a role may do; the last word about single calls is `maySeeCall`. */
export const ROLE_SCOPES: Readonly<Record<Role, ReadonlySet<Scope>>> = {
  admin: new Set<Scope>([
    'calls:read',
    'recordings:read',
    'recordings:write',
    'recordings:hold',
    'recordings:silence',
    'retention:read',
    'retention:write',
    'notes:write',
    'receipts:read',
    'metrics:read',
    'rejected:read',
    'rejected:write',
    'connectors:write',
    'names:write',
    'sample:write',
    'users:write',
    'keys:write',
  ]),
  manager: new Set<Scope>([
    'calls:read',
    'recordings:read',
    'recordings:hold',
    'notes:write',
    'retention:read',
    'receipts:read',
    'rejected:read',
  ]),
  agent: new Set<Scope>(['calls:read', 'recordings:read', 'notes:write']),
}

export function has(principal: Principal, scope: Scope): boolean {
  return principal.scopes.has(scope)
}

/** The agent a principal's view of calls is limited to; null: sees every call of the instance. */
export function callsLimitedTo(principal: Principal): string | null {
  if (principal.role !== 'agent') return null
  // An agent account without an agent id sees nothing, rather than everything: no agent has the empty id.
  return principal.agentId ?? ''
}

/** May this principal know that the call exists? (Whoever may see it and has recordings:read may hear it.) */
export function maySeeCall(principal: Principal, call: Pick<Call, 'agents'>): boolean {
  const agentId = callsLimitedTo(principal)
  return agentId === null || call.agents.some((agent) => agent.id === agentId)
}

/** Does this principal see the numbers of people whole? Administrators always do: they could let themselves. */
export function maySeeNumbers({ role, masksNumbers }: Pick<Principal, 'role' | 'masksNumbers'>): boolean {
  return role === 'admin' || !masksNumbers
}

/** Whose exports a principal knows of; null: those of everybody in the instance. */
export function exportsLimitedTo(principal: Principal): string | null {
  return principal.role === 'admin' ? null : principal.id
}

/** May this principal have the file of an export now? `participant`: the agent that its search was limited to. */
export function mayTakeExport(
  principal: Principal,
  {
    kind,
    participant,
    masked = false,
  }: { kind: 'csv' | 'xlsx' | 'audio'; participant: string | null; masked?: boolean },
): boolean {
  if (!masked && !maySeeNumbers(principal)) return false
  const agentId = callsLimitedTo(principal)
  const scopes: Scope[] = kind === 'audio' ? ['calls:read', 'recordings:read'] : ['calls:read']
  return (agentId === null || agentId === participant) && scopes.every((scope) => has(principal, scope))
}

/** May this user look at sample calls? Their agents are made up: an agent would find none of her own. */
export function maySeeSample({ role }: { role: Role | null }): boolean {
  return role === 'admin' || role === 'manager'
}

/** May this principal put a saved search before everybody of the instance? */
export function mayShareViews(principal: Principal): boolean {
  return principal.role === 'admin' || principal.role === 'manager'
}

/** May this principal change or delete a view? Its owner; of shared ones, administrators too. */
export function mayChangeView(principal: Principal, view: { owner: string; shared: boolean }): boolean {
  return view.owner === principal.id || (view.shared && principal.role === 'admin')
}

/**
 * May this principal hand these scopes to somebody (a new key, an account)? An administrator may hand out anything; a key
 * only what it has itself, or it could make itself a stronger one: for whom numbers are masked makes only others like it.
 */
export function mayGrant(
  principal: Principal,
  scopes: Iterable<Scope>,
  { masksNumbers = false }: { masksNumbers?: boolean } = {},
): boolean {
  if (principal.role === 'admin') return true
  if (!masksNumbers && !maySeeNumbers(principal)) return false
  return [...scopes].every((scope) => principal.scopes.has(scope))
}
