// How a request is sent: each setting says something, or leaves it to the folder.
import type { ReactNode } from 'react'
import type { RequestSettings } from '#contract/requests/request.ts'
import { Select } from '../../../components/select.tsx'
import { TextField } from '../../../components/text-field.tsx'

export interface SettingsEditorProps {
  readonly settings: RequestSettings
  readonly onChange: (settings: RequestSettings) => void
}

const INHERITED = 'As its folder says'
const SWITCHES = [
  { name: 'followsRedirects', label: 'Follow redirects' },
  { name: 'keepsAuthorization', label: 'Keep Authorization on another host' },
  { name: 'encodesUrl', label: 'Encode the URL' },
  { name: 'verifiesCertificates', label: 'Verify certificates' },
  { name: 'sendsCookies', label: 'Send cookies' },
  { name: 'keepsCookies', label: 'Keep cookies' },
] as const
const CHOICES = [
  { id: 'inherit', label: INHERITED },
  { id: 'yes', label: 'Yes' },
  { id: 'no', label: 'No' },
] as const

/** The editor. */
export function SettingsEditor({ settings, onChange }: SettingsEditorProps): ReactNode {
  const whole = (text: string, most: number): number | null => {
    const number = Number(text)
    return text === '' || !Number.isInteger(number) || number < 0 ? null : Math.min(number, most)
  }
  return (
    <div className="grid max-w-640 grid-cols-2 gap-x-16 gap-y-12 px-12 py-12">
      <TextField
        label="Timeout, in ms"
        type="number"
        value={settings.timeoutMs === null ? '' : String(settings.timeoutMs)}
        placeholder={INHERITED}
        help="0 waits for ever."
        onChange={(text) => onChange({ ...settings, timeoutMs: whole(text, 86_400_000) })}
      />
      <TextField
        label="Redirects at most"
        type="number"
        value={settings.maxRedirects === null ? '' : String(settings.maxRedirects)}
        placeholder={INHERITED}
        onChange={(text) => onChange({ ...settings, maxRedirects: whole(text, 100) })}
      />
      {SWITCHES.map(({ name, label }) => (
        <Select
          key={name}
          label={label}
          options={CHOICES}
          value={settings[name] === null ? 'inherit' : settings[name] ? 'yes' : 'no'}
          onChange={(choice) =>
            onChange({ ...settings, [name]: choice === 'inherit' ? null : choice === 'yes' })
          }
        />
      ))}
      <Select
        label="HTTP version"
        options={[
          { id: 'inherit', label: INHERITED },
          { id: 'auto', label: 'As the server offers' },
          { id: '1.1', label: 'HTTP/1.1' },
          { id: '2', label: 'HTTP/2' },
        ]}
        value={settings.httpVersion ?? 'inherit'}
        onChange={(version) => onChange({ ...settings, httpVersion: version === 'inherit' ? null : version })}
      />
      <Select
        label="Oldest TLS version"
        options={[
          { id: 'inherit', label: INHERITED },
          { id: '1.0', label: 'TLS 1.0' },
          { id: '1.1', label: 'TLS 1.1' },
          { id: '1.2', label: 'TLS 1.2' },
          { id: '1.3', label: 'TLS 1.3' },
        ]}
        value={settings.minTlsVersion ?? 'inherit'}
        onChange={(version) =>
          onChange({ ...settings, minTlsVersion: version === 'inherit' ? null : version })
        }
      />
    </div>
  )
}
