// Client certificates: for which hosts, and the files that they are in.
import { Plus, Trash2 } from 'lucide-react'
import type { ReactNode } from 'react'
import { ClientCertificate } from '#contract/requests/collection.ts'
import { Button, IconButton } from '../../../components/button.tsx'
import { EmptyState } from '../../../components/empty-state.tsx'
import { TextField } from '../../../components/text-field.tsx'
import { Checkbox, Segmented } from '../../../components/toggles.tsx'
import { PathField } from '../../files/index.ts'

export interface CertificatesEditorProps {
  readonly certificates: readonly ClientCertificate[]
  /** The collection's folder: paths may begin there. */
  readonly base: string | null
  readonly onChange: (certificates: ClientCertificate[]) => void
}

const PEM: readonly string[] = ['pem', 'crt', 'cer', 'key']
const PKCS12: readonly string[] = ['p12', 'pfx']

/** The editor. */
export function CertificatesEditor({ certificates, base, onChange }: CertificatesEditorProps): ReactNode {
  const add = (): void =>
    onChange([
      ...certificates,
      ClientCertificate.parse({ type: 'pem', domain: '', certificatePath: '', keyPath: '' }),
    ])
  if (certificates.length === 0)
    return (
      <EmptyState title="No client certificates" action={<Button onPress={add}>Add certificate</Button>}>
        A server that asks for a certificate gets the one whose host fits.
      </EmptyState>
    )
  return (
    <div className="flex flex-col gap-12 px-12 py-12">
      <ul aria-label="Client certificates" className="flex flex-col gap-12">
        {certificates.map((certificate, at) => (
          <li key={at} className="rounded-card border border-line-2 px-12 py-10">
            <Certificate
              certificate={certificate}
              number={at + 1}
              base={base}
              onChange={(next) => onChange(certificates.map((one, index) => (index === at ? next : one)))}
              onRemove={() => onChange(certificates.filter((_, index) => index !== at))}
            />
          </li>
        ))}
      </ul>
      <div>
        <Button icon={Plus} onPress={add}>
          Add certificate
        </Button>
      </div>
    </div>
  )
}

function Certificate(props: {
  readonly certificate: ClientCertificate
  readonly number: number
  readonly base: string | null
  readonly onChange: (certificate: ClientCertificate) => void
  readonly onRemove: () => void
}): ReactNode {
  const { certificate, base, onChange } = props
  const { domain, passphrase, isEnabled } = certificate
  const shared = { domain, passphrase, isEnabled }
  return (
    <div className="flex flex-col gap-10">
      <div className="flex items-center gap-12">
        <Checkbox
          label={`Certificate ${String(props.number)}`}
          isSelected={isEnabled}
          onChange={(next) => onChange({ ...certificate, isEnabled: next })}
        />
        <Segmented
          label="Kind of file"
          options={[
            { id: 'pem', label: 'PEM' },
            { id: 'pkcs12', label: 'PKCS 12' },
          ]}
          value={certificate.type}
          onChange={(type) =>
            onChange(
              type === 'pem'
                ? { ...shared, type, certificatePath: '', keyPath: '' }
                : { ...shared, type, path: '' },
            )
          }
        />
        <span className="flex-1" />
        <IconButton
          icon={Trash2}
          size="small"
          label={`Remove certificate ${String(props.number)}`}
          onPress={props.onRemove}
        />
      </div>
      <TextField
        label="Host"
        isMono
        value={domain}
        onChange={(next) => onChange({ ...certificate, domain: next })}
        placeholder="*.example.com"
      />
      {certificate.type === 'pem' ? (
        <div className="grid grid-cols-2 gap-12">
          <PathField
            label="Certificate"
            choosing="file"
            endings={PEM}
            base={base}
            value={certificate.certificatePath}
            onChange={(certificatePath) => onChange({ ...certificate, certificatePath })}
          />
          <PathField
            label="Private key"
            choosing="file"
            endings={PEM}
            base={base}
            value={certificate.keyPath}
            onChange={(keyPath) => onChange({ ...certificate, keyPath })}
          />
        </div>
      ) : (
        <PathField
          label="File"
          choosing="file"
          endings={PKCS12}
          base={base}
          value={certificate.path}
          onChange={(path) => onChange({ ...certificate, path })}
        />
      )}
      <TextField
        label="Passphrase"
        type="password"
        value={passphrase}
        onChange={(next) => onChange({ ...certificate, passphrase: next })}
        help="It is written to the file: use a {{variable}} that is secret."
      />
    </div>
  )
}
