// The lines that connect a phone system, ready to paste: with the secret, the addresses and the key that are meant. The same
// in every language; docs/connect-*.md explain them.

/** Is this the machine of Callbook itself? */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\./.test(host)
}

/** 32 hexadecimal digits nobody can guess; without characters that a configuration file could take amiss. */
export function newSecret(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** Whom the PBX lets in: itself, or the machine of Callbook, by the address of this page where that is one. */
export function permitted(host: string, ownHost: string): string {
  if (isLoopback(host)) return '127.0.0.1/255.255.255.255'
  return /^\d+\.\d+\.\d+\.\d+$/.test(ownHost) && !isLoopback(ownHost)
    ? `${ownHost}/255.255.255.255`
    : 'CALLBOOK-IP/255.255.255.255'
}

export function managerLines(asked: { username: string; secret: string; permit: string; isFreepbx: boolean }): string {
  const { username, secret, permit, isFreepbx } = asked
  const general = isFreepbx ? '[general](+)' : '[general]\nenabled = yes'
  return `${general}
timestampevents = yes
channelvars = CC_TYPE,CC_CUSTOMER,CC_DID,CC_SKILL,CC_REC

[${username}]
secret = ${secret}
deny = 0.0.0.0/0.0.0.0
permit = ${permit}
read = call,agent,user,system,dtmf
write = reporting,user`
}

export function managerReload(username: string): string {
  return `asterisk -rx "manager reload"\nasterisk -rx "manager show user ${username}"`
}

// biome-ignore lint/suspicious/noTemplateCurlyInString: Asterisk's own way of writing a variable.
export const MIX_MONITOR = ' same => n,MixMonitor(${CHANNEL(LINKEDID)}.wav,b)'

export function eventSocket(password: string, host: string): string {
  return `<configuration name="event_socket.conf" description="Socket Client">
  <settings>
    <param name="nat-map" value="false"/>
    <param name="listen-ip" value="${isLoopback(host) ? '127.0.0.1' : host}"/>
    <param name="listen-port" value="8021"/>
    <param name="password" value="${password}"/>
  </settings>
</configuration>`
}

export function eventSocketReload(password: string): string {
  return `fs_cli -x "reload mod_event_socket"\nfs_cli -p ${password} -x "status"`
}

/** A first call, two minutes long, that ended just now. @param origin of this page, such as `https://callbook.example.com` */
export function firstEvents(origin: string, key: string, now: number): string {
  const at = (secondsAgo: number) => new Date(now - secondsAgo * 1000).toISOString()
  const callId = `first-${Math.floor(now / 1000)}`
  const events = [
    { type: 'call-started', at: at(120), callType: 'inbound', customer: '13800138000', dialledNumber: '02150001000' },
    { type: 'queue-entered', at: at(115), skillGroup: { id: 'sales' } },
    { type: 'agent-answered', at: at(105), agent: { id: '1001' } },
    { type: 'call-ended', at: at(1), releasedBy: 'customer' },
  ].map((event, n) => JSON.stringify({ id: `e${n + 1}`, callId, ...event }))
  return `curl -H 'Authorization: Bearer ${key}' \\
  -H 'Content-Type: application/json' \\
  ${origin}/api/v1/events -d '[
 ${events.join(',\n ')}]'`
}

export function firstRecording(origin: string, key: string, now: number): string {
  return `curl -H 'Authorization: Bearer ${key}' -T talk.wav \\\n  ${origin}/api/v1/calls/first-${Math.floor(now / 1000)}/recordings/1`
}

/** The same connection for callbook.config.json, where the console may not make any. */
export function configFile({ secret: _, ...connector }: { name: string; secret?: string }): string {
  const own = { ...connector, secretEnv: 'PBX_SECRET' }
  return JSON.stringify({ connectors: [own] }, null, 2)
}

export function startWith(secret: string): string {
  return `PBX_SECRET=${secret === '' ? 'the-secret' : secret} npm start`
}
