// Where a bucket is, read from one address: s3://bucket/prefix?endpoint=http://127.0.0.1:9000&region=us-east-1&style=path
// Called by config.ts, which reads the keys from the environment.

export interface BucketAddress {
  bucket: string
  /** Begins every key; empty, or ends in `/`. */
  prefix: string
  endpoint: URL
  region: string
  /** `path`: endpoint/bucket/key; `host`: bucket.endpoint/key. */
  style: 'path' | 'host'
}

export interface BucketKeys {
  accessKey: string
  secretKey: string
  /** Of keys that were lent for a while. */
  sessionToken: string | null
}

export type BucketSettings = BucketAddress & { keys: BucketKeys }

const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/
const PREFIX = /^[A-Za-z0-9][A-Za-z0-9._-]*(\/[A-Za-z0-9][A-Za-z0-9._-]*)*$/
const OPTIONS = ['endpoint', 'region', 'style']

/** Without `endpoint` it is AWS. What is wrong, as a clause, where it is no such address. */
export function readBucketAddress(text: string): BucketAddress | { mistake: string } {
  if (!URL.canParse(text)) return { mistake: 'is no address such as s3://bucket/prefix?endpoint=https://…' }
  const url = new URL(text)
  if (url.protocol !== 's3:') return { mistake: 'does not begin with s3://' }
  if (url.username || url.password)
    return { mistake: 'has keys in it: they belong in CALLBOOK_S3_ACCESS_KEY and CALLBOOK_S3_SECRET_KEY' }
  const unknown = [...url.searchParams.keys()].find((name) => !OPTIONS.includes(name))
  if (unknown !== undefined) return { mistake: `has ${unknown}=, which is none of ${OPTIONS.join(', ')}` }
  const bucket = url.hostname
  if (!BUCKET.test(bucket)) return { mistake: `names the bucket "${bucket}"` }
  const path = url.pathname.replace(/^\/+|\/+$/g, '')
  if (path !== '' && !PREFIX.test(path))
    return { mistake: `has the prefix "${path}": letters, digits, . _ - and / only` }
  const region = url.searchParams.get('region') || 'us-east-1'
  const given = url.searchParams.get('endpoint')
  const style = url.searchParams.get('style') ?? (given ? 'path' : 'host')
  if (style !== 'path' && style !== 'host') return { mistake: `has style=${style}, which is neither path nor host` }
  const endpoint = given ?? `https://s3.${region}.amazonaws.com`
  if (!/^https?:\/\/[^/?#]+\/?$/.test(endpoint) || !URL.canParse(endpoint))
    return { mistake: `has endpoint=${endpoint}, which is not http(s)://host or http(s)://host:port` }
  return { bucket, prefix: path === '' ? '' : `${path}/`, endpoint: new URL(endpoint), region, style }
}

/** The bucket that the environment names; null: none, or a mistake. Called by config.ts. */
export function readRecordingsBucket(env: NodeJS.ProcessEnv, mistakes: string[]): BucketSettings | null {
  if (!env.CALLBOOK_RECORDINGS_URL) return null
  const address = readBucketAddress(env.CALLBOOK_RECORDINGS_URL)
  const accessKey = env.CALLBOOK_S3_ACCESS_KEY || env.AWS_ACCESS_KEY_ID
  const secretKey = env.CALLBOOK_S3_SECRET_KEY || env.AWS_SECRET_ACCESS_KEY
  if ('mistake' in address) mistakes.push(`CALLBOOK_RECORDINGS_URL ${address.mistake}`)
  if (!accessKey || !secretKey)
    mistakes.push('CALLBOOK_RECORDINGS_URL needs CALLBOOK_S3_ACCESS_KEY and CALLBOOK_S3_SECRET_KEY (or those of AWS)')
  if ('mistake' in address || !accessKey || !secretKey) return null
  // A token belongs to the key it was lent with.
  const sessionToken = env.CALLBOOK_S3_ACCESS_KEY ? null : (env.AWS_SESSION_TOKEN ?? null)
  return { ...address, keys: { accessKey, secretKey, sessionToken } }
}
