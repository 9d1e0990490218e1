// Version and where things are kept.
import type { ReactNode } from 'react'
import { Card } from '../../components/card.tsx'
import { Logo } from '../../components/logo.tsx'
import { useAbout } from './use-settings.ts'

const PLATFORMS = { mac: 'macOS', windows: 'Windows', linux: 'Linux' } as const

/** The about page. */
export function AboutSettings(): ReactNode {
  const about = useAbout().data
  if (about === undefined) return null
  return (
    <Card>
      <div className="flex items-center gap-14 border-b border-line-1 px-14 py-14">
        <Logo />
        <div>
          <div className="text-heading">NebulaDB {about.version}</div>
          <div className="text-small text-2">One app for people who build on Postgres.</div>
        </div>
      </div>
      <dl className="grid grid-cols-[130px_1fr] gap-y-8 px-14 py-14 text-small">
        <dt className="text-3">Runs as</dt>
        <dd>
          {about.hostKind === 'desktop' ? 'Desktop app' : 'In a browser'} on {PLATFORMS[about.platform]}
        </dd>
        <dt className="text-3">Data</dt>
        <dd className="font-mono text-data break-all select-text">{about.dataDirectory}</dd>
        <dt className="text-3">Secrets</dt>
        <dd>{about.secretStore}</dd>
      </dl>
    </Card>
  )
}
