// Checks requests against the routes' schemas. Query and path are text and are converted (`limit=50` is a number, one
// `agent=` is a list of one); a JSON body means what it says: converting `null` to 0 would turn "no limit" into "nothing".
import AjvCompiler from '@fastify/ajv-compiler'
import type { FastifySchemaCompiler } from 'fastify'

// Unknown fields are refused where a schema closes itself (additionalProperties: false), never dropped silently.
const rules = { useDefaults: true, removeAdditional: false, allErrors: false } as const

export function validatorCompiler(): FastifySchemaCompiler<object> {
  const compilers = AjvCompiler()
  const converting = compilers({}, { customOptions: { ...rules, coerceTypes: 'array' } })
  const literal = compilers({}, { customOptions: { ...rules, coerceTypes: false } })
  return (route) => {
    const compile = route.httpPart === 'body' ? literal : converting
    // The compiler reads the whole route definition; its types know only of the schema inside.
    return compile(route) as ReturnType<FastifySchemaCompiler<object>>
  }
}
