// Repairs of a day's findings, one after the other, and what became of each. A repair that several findings share is done
// once.
import { useCallback, useMemo, useRef, useState } from 'react'
import type { Finding, FindingKind, Repair } from '../../../src/reconciliation/findings.ts'
import { repairFinding } from '../api/operations.ts'

type Outcome = 'done' | 'nothing-done' | { problem: unknown }

export interface Repairs {
  outcomeOf(repair: Repair): Outcome | null
  /** What is being repaired; null: nothing. */
  progress: { kind: FindingKind; done: number; total: number } | null
  doneCount: number
  repair(findings: readonly Finding[]): void
}

export function useRepairs(): Repairs {
  const [outcomes, setOutcomes] = useState<ReadonlyMap<string, Outcome>>(new Map())
  const [progress, setProgress] = useState<Repairs['progress']>(null)
  const isBusy = useRef(false)

  const repair = useCallback(async (findings: readonly Finding[]) => {
    const [first] = findings
    if (isBusy.current || !first) return
    isBusy.current = true
    const wanted = new Map(findings.flatMap(({ repair }) => (repair ? [[JSON.stringify(repair), repair]] : [])))
    let done = 0
    for (const [key, one] of wanted) {
      setProgress({ kind: first.kind, done, total: wanted.size })
      const outcome: Outcome = await repairFinding(one).then(
        (isDone) => (isDone ? 'done' : 'nothing-done'),
        (problem: unknown) => ({ problem }),
      )
      setOutcomes((known) => new Map(known).set(key, outcome))
      done++
    }
    setProgress(null)
    isBusy.current = false
  }, [])

  return useMemo(
    () => ({
      outcomeOf: (one) => outcomes.get(JSON.stringify(one)) ?? null,
      progress,
      doneCount: [...outcomes.values()].filter((outcome) => outcome === 'done').length,
      repair: (findings) => void repair(findings),
    }),
    [outcomes, progress, repair],
  )
}
