// The people who can log in to the demo.
import { createUser } from '../access/users.ts'
import { DEFAULT_INSTANCE } from '../config.ts'
import type { AccessStore } from '../store/store.ts'

export const DEMO_PASSWORD = 'callbook-demo'

/** Made beside `admin`, one for each further role. 1001 is 张三. */
export const DEMO_ACCOUNTS = [
  { name: 'manager', role: 'manager', agentId: null },
  { name: 'zhangsan', role: 'agent', agentId: '1001' },
] as const

export async function makeDemoAccounts(access: AccessStore, now: number): Promise<void> {
  for (const account of DEMO_ACCOUNTS) {
    const user = { ...account, instance: DEFAULT_INSTANCE, password: DEMO_PASSWORD, mustChangePassword: false }
    await createUser(access, user, now)
  }
}
