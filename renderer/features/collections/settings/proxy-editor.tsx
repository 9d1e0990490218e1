// The proxy of a collection: as the app says, none, or one of its own.
import type { ReactNode } from 'react'
import { ProxySettings } from '#contract/requests/collection.ts'
import { Select } from '../../../components/select.tsx'
import { TextField } from '../../../components/text-field.tsx'

export interface ProxyEditorProps {
  readonly proxy: ProxySettings
  readonly onChange: (proxy: ProxySettings) => void
}

const MODES = [
  { id: 'inherit', label: 'As this machine says' },
  { id: 'off', label: 'None' },
  { id: 'on', label: 'One of its own' },
] as const
const PROTOCOLS = [
  { id: 'http', label: 'HTTP' },
  { id: 'https', label: 'HTTPS' },
  { id: 'socks4', label: 'SOCKS 4' },
  { id: 'socks5', label: 'SOCKS 5' },
] as const

/** The editor. */
export function ProxyEditor({ proxy, onChange }: ProxyEditorProps): ReactNode {
  return (
    <div className="flex max-w-560 flex-col gap-12 px-12 py-12">
      <Select
        label="Proxy"
        options={MODES}
        value={proxy.mode}
        onChange={(mode) =>
          onChange(
            mode === 'on'
              ? ProxySettings.parse({ mode, protocol: 'http', host: 'localhost', port: 8080 })
              : { mode },
          )
        }
      />
      {proxy.mode === 'inherit' ? (
        <p className="text-small text-2">
          HTTP_PROXY, HTTPS_PROXY and NO_PROXY count, as the app was started.
        </p>
      ) : null}
      {proxy.mode === 'on' ? (
        <>
          <div className="grid grid-cols-[120px_1fr_100px] gap-12">
            <Select
              label="Protocol"
              options={PROTOCOLS}
              value={proxy.protocol}
              onChange={(protocol) => onChange({ ...proxy, protocol })}
            />
            <TextField
              label="Host"
              isMono
              value={proxy.host}
              onChange={(host) => onChange({ ...proxy, host })}
            />
            <TextField
              label="Port"
              type="number"
              value={String(proxy.port)}
              onChange={(text) => {
                const port = Number(text)
                if (Number.isInteger(port) && port >= 1 && port <= 65_535) onChange({ ...proxy, port })
              }}
            />
          </div>
          <TextField
            label="User name"
            value={proxy.username}
            onChange={(username) => onChange({ ...proxy, username })}
          />
          <TextField
            label="Password"
            type="password"
            value={proxy.password}
            onChange={(password) => onChange({ ...proxy, password })}
            help="It is written to the file: use a {{variable}} that is secret."
          />
          <TextField
            label="Reached directly"
            isMono
            value={proxy.bypass}
            onChange={(bypass) => onChange({ ...proxy, bypass })}
            placeholder="localhost,.example.com"
            help="Hosts that go without the proxy, by commas."
          />
        </>
      ) : null}
    </div>
  )
}
