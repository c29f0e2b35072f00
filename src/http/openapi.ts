// The API's description (OpenAPI 3.1), made from the same schemas that check the requests. Served to whoever is
// signed in, at /api/v1/openapi.json.
import swagger from '@fastify/swagger'
import { Type } from 'typebox'
import type { CallbookApp } from './app.ts'

/** Registered before the routes, so that it hears of them. */
export function describeApi(app: CallbookApp): void {
  app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Callbook',
        description: 'Calls, live and past, and their recordings. Errors are problem+json with a stable `code`.',
        version: '1',
      },
      components: {
        securitySchemes: {
          key: { type: 'http', scheme: 'bearer', description: 'An API key.' },
          session: { type: 'apiKey', in: 'cookie', name: 'callbook_session' },
        },
      },
      security: [{ key: [] }, { session: [] }],
    },
    transform: ({ schema, url, route }) => {
      const needs = route.config?.needs
      const described = {
        ...schema,
        // The console's pages are no part of the API.
        hide: schema?.hide === true || !url.startsWith('/api/'),
        ...(needs === 'public'
          ? { security: [] }
          : { description: `Needs: ${needs}. ${schema?.description ?? ''}`.trim() }),
      }
      return { schema: described, url }
    },
  })
  app.register(async (scope) => {
    scope.get(
      '/api/v1/openapi.json',
      {
        config: { needs: 'signed-in' },
        schema: { summary: 'This description', tags: ['operation'], response: { 200: Type.Unknown() } },
      },
      async () => app.swagger(),
    )
  })
}
