// A thread that reads the PBX's records of a day: hundreds of thousands of rows are not read where HTTP is answered.
// Started by logged-calls-reader.ts; answers once, and ends.
import { parentPort, workerData } from 'node:worker_threads'
import { gapSourceOf } from './gap-sources.ts'
import { loggedCalls } from './logged-calls.ts'
import type { LoggedCallsTask } from './logged-calls-reader.ts'

const { config, range } = workerData as LoggedCallsTask
const source = gapSourceOf(config)
parentPort?.postMessage(source && (await loggedCalls(config, source, range, new AbortController().signal)))
