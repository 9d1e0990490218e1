// Which service this app works with.
import type { ReactNode } from 'react'
import { Card } from '../../components/card.tsx'
import { useCall } from '../../host/host-provider.tsx'
import { ServiceAddress, useAccount } from '../account/index.ts'

/** The service page. */
export function ServiceSettings(): ReactNode {
  const account = useAccount().data
  const connectivity = useCall(['connectivity', 'current'], (host, options) =>
    host.connectivity.current({}, options),
  ).data
  if (account === undefined) return null
  return (
    <Card title="NebulaDB service">
      <div className="flex flex-col gap-12 px-14 py-14 text-small">
        <ServiceAddress key={account.serviceUrl} serviceUrl={account.serviceUrl} />
        <p className="text-2">
          Accounts, projects and sync come from here. Run your own, or use the one that started with this app.
          Changing the address logs out of the other service.
        </p>
        {typeof connectivity?.problem === 'string' ? (
          <p className="text-danger">{connectivity.problem}</p>
        ) : null}
      </div>
    </Card>
  )
}
