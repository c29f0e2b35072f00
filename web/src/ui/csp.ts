// The nonce the server put into this page, without which run-time styles would be refused.

const content = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content

export const cspNonce: string | undefined = content?.startsWith('__') ? undefined : content
