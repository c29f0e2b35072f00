// Criteria of a search that an index can turn into a list of calls: who took part, which skill group, which number, which
// id. Each says how long its list is (counted up to a bound), gives the list, and can be asked of one call at a time.
// Chosen between by call-search-sql.ts. Values only ever travel as parameters.
import { type Expression, type RawBuilder, type SqlBool, sql } from 'kysely'
import { type CallSearch, type NumberTerm, tagKey } from '../../calls/call-search.ts'
import type { Database } from './database.ts'
import { queries, runQuery } from './query-builder.ts'

export interface Candidates {
  /** How many there are; more than COUNTED means "many". Infinity: there is no list, only the question to each call. */
  calls: number
  /** A query for `call.row`. */
  rows: RawBuilder<unknown>
  /** The condition asked of one row of `call`, by no index of `call`. */
  each: Expression<SqlBool>
}

/** Lists longer than this are not counted to their end. */
const COUNTED = 60_000
/** As many names may fit a part of a name. */
const AGENTS_OF_A_TERM = 500

export const candidatesOf = { participant, agents, skillGroups, tags, number, live, words }

function participant(db: Database, search: CallSearch, agentId: string): Candidates {
  return counted(db, {
    rows: sql`select call from call_agent where instance = ${search.instance} and agent_id = ${agentId} and ${inRange(search)}`,
    each: sql`exists (select 1 from call_agent where call = "call"."row" and agent_id = ${agentId})`,
  })
}

/** Who served the call: by id, or by part of the name, any of the terms; or one of `named`, whatever her name was then. */
function agents(db: Database, search: CallSearch, terms: readonly string[], named: readonly string[]): Candidates {
  const found = terms.flatMap((term) => agentIds(db, search.instance, term).map((id) => ({ id, term })))
  const ids = [...new Set([...found.map(({ id }) => id), ...named])]
  if (ids.length === 0) return nobody
  // An agent may have changed names: what counts is the one she had in this call.
  const fits = [
    ...terms.map((term) => sql`agent_id = ${term} or instr(name_key, ${term.toLowerCase()}) > 0`),
    ...(named.length > 0 ? [sql`agent_id in (${sql.join(named)})`] : []),
  ]
  const served = sql`serving = 1 and agent_id in (${sql.join(ids)}) and (${sql.join(fits, sql` or `)})`
  return counted(db, {
    rows: sql`select call from call_agent where instance = ${search.instance} and ${inRange(search)} and ${served}`,
    each: sql`exists (select 1 from call_agent where call = "call"."row" and ${served})`,
  })
}

function agentIds(db: Database, instance: string, term: string): string[] {
  return db
    .all(
      `SELECT DISTINCT agent_id FROM agent_name WHERE instance = ? AND (agent_id = ? OR instr(name_key, ?) > 0) LIMIT ${AGENTS_OF_A_TERM}`,
      instance,
      term,
      term.toLowerCase(),
    )
    .map((row) => String(row.agent_id))
}

/** By id or whole name, any of them. */
function skillGroups(db: Database, search: CallSearch, wanted: readonly string[]): Candidates {
  const either = sql`(group_id in (${sql.join(wanted)}) or name in (${sql.join(wanted)}))`
  const known = sql`select distinct group_id from skill_group_name where instance = ${search.instance} and ${either}`
  const ids = runQuery(db, known.compile(queries)).map((row) => String(row.group_id))
  if (ids.length === 0) return nobody
  const passed = sql`group_id in (${sql.join(ids)}) and ${either}`
  return counted(db, {
    rows: sql`select call from call_skill_group where instance = ${search.instance} and ${inRange(search)} and ${passed}`,
    each: sql`exists (select 1 from call_skill_group where call = "call"."row" and ${passed})`,
  })
}

/** Of the call's own notes or of those of calls merged into it; any of them. */
function tags(db: Database, search: CallSearch, wanted: readonly string[]): Candidates {
  const keys = sql`tag_key in (${sql.join(wanted.map(tagKey))})`
  const tagged = sql`select call_id from call_tag where instance = ${search.instance} and ${keys}`
  const listed = (id: RawBuilder<unknown>) =>
    sql`select whole."row" from (${tagged}) as tagged cross join call as part indexed by call_by_id
      on part.instance = ${search.instance} and part.id = tagged.call_id
      cross join call as whole indexed by call_by_id on whole.instance = part.instance and whole.id = ${id}
      where whole.started_at >= ${search.from} and whole.started_at < ${search.to}`
  const own = listed(sql`part.id`)
  const merged = listed(sql`part.merged_into`)
  return counted(db, {
    rows: sql`select * from (${own} union ${merged})`,
    each: sql`exists (select 1 from call_tag indexed by call_tag_of_call where instance = ${search.instance} and ${keys}
      and call_id in (select "call"."id" union all select part.id from call as part indexed by call_merged
        where part.instance = ${search.instance} and part.merged_into = "call"."id"))`,
  })
}

function number(db: Database, search: CallSearch, column: 'caller' | 'callee', term: NumberTerm): Candidates {
  const each = numberIs(column, term)
  const { match, text } = term
  if (match === 'suffix' || match === 'anywhere')
    return { calls: Number.POSITIVE_INFINITY, rows: sql`select null`, each }
  const index = sql.ref(`call_by_${column}`)
  const name = sql.ref(column)
  const fits = match === 'exact' ? sql`${name} = ${text}` : sql`${name} >= ${text} and ${name} < ${afterPrefix(text)}`
  const ofNumber = sql`from call indexed by ${index} where instance = ${search.instance} and ${fits}`
  // Counted over all days: a range of days does not shorten the walk through a prefix.
  return {
    each,
    rows: sql`select "row" ${ofNumber} and ${inRange(search)}`,
    calls: countOf(db, sql`select 1 ${ofNumber}`),
  }
}

/** Live calls, and of those the ones in the wanted phases. The phase stands in the record alone: it changes too often for an index. */
function live(db: Database, search: CallSearch): Candidates {
  const { phases } = search
  const inPhase = phases.length === 0 ? sql`1` : sql`json_extract(record, '$.phase') in (${sql.join(phases)})`
  return counted(db, {
    rows: sql`select "row" from call indexed by call_live where instance = ${search.instance} and ended_at is null and ${inRange(search)} and ${inPhase}`,
    each: sql`(+ended_at is null and ${inPhase})`,
  })
}

/** A call id, or part of an agent's name. */
function words(db: Database, search: CallSearch, text: string): Candidates {
  const id = sql`select "row" from call indexed by call_by_id where instance = ${search.instance} and id = ${text}`
  const served = agents(db, search, [text], search.textAgentIds)
  return {
    calls: served.calls + 1,
    rows: sql`${id} union all ${served.rows}`,
    each: sql`(+id = ${text} or ${served.each})`,
  }
}

/** Does the number in `column` fit? Never by an index. */
export function numberIs(column: string, { match, text }: NumberTerm): Expression<SqlBool> {
  const value = sql`+${sql.ref(column)}`
  switch (match) {
    case 'exact':
      return sql`${value} = ${text}`
    case 'prefix':
      return sql`(${value} >= ${text} and ${value} < ${afterPrefix(text)})`
    case 'suffix':
      return sql`substr(${value}, ${-text.length}) = ${text}`
    case 'anywhere':
      return sql`instr(${value}, ${text}) > 0`
  }
}

/** Numbers are ASCII: every string that begins with `prefix` sorts below this. */
function afterPrefix(prefix: string): string {
  return `${prefix}\u{10FFFF}`
}

const nobody: Candidates = { calls: 0, rows: sql`select null where 0`, each: sql`0` }

function inRange(search: CallSearch): RawBuilder<unknown> {
  return sql`started_at >= ${search.from} and started_at < ${search.to}`
}

function counted(db: Database, list: Omit<Candidates, 'calls'>): Candidates {
  return { ...list, calls: countOf(db, list.rows) }
}

function countOf(db: Database, rows: RawBuilder<unknown>): number {
  const query = sql`select count(*) as n from (${rows} limit ${COUNTED})`
  return Number(runQuery(db, query.compile(queries))[0]?.n)
}
