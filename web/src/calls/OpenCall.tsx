// The route of one call: over the list, or a page of its own.
import { CallDrawer } from './CallDrawer.tsx'
import { CallPage } from './CallPage.tsx'
import { useOpenCall } from './over-list.ts'

export function Component() {
  const open = useOpenCall()
  if (open === null) return null
  return open.isOverList ? <CallDrawer callId={open.callId} /> : <CallPage callId={open.callId} />
}
