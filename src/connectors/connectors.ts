// Which kinds of PBX there are: one line each. Called by main.ts with a connector's configuration.
import type { Config } from '../config.ts'
import { createAsteriskConnector } from './asterisk/asterisk-connector.ts'
import type { Connector } from './connector.ts'
import { createFreeswitchConnector } from './freeswitch/freeswitch-connector.ts'

export function connectorFor(config: Config['connectors'][number]): Connector {
  switch (config.type) {
    case 'asterisk':
      return createAsteriskConnector(config)
    case 'freeswitch':
      return createFreeswitchConnector(config)
  }
}
