// Who has anything to do on the operations page. The server decides for itself; this only keeps doors out of sight that
// would not open.
import type { SessionUser } from '../api/session.ts'

export function mayOperate(user: SessionUser): boolean {
  return user.role !== 'agent'
}
