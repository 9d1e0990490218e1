// The spend cap: a hard end in money, for the organisation or one project.
import { useState, type ReactNode } from 'react'
import type { Currency, MinorUnits } from '#contract/billing/money.ts'
import type { BillingOverview, SpendCap } from '#contract/capabilities/billing.ts'
import type { OrganisationId, ProjectId } from '#contract/capabilities/ids.ts'
import { Button, TextButton } from '../../components/button.tsx'
import { Card } from '../../components/card.tsx'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { FormDialog } from '../../components/form-dialog.tsx'
import { FormError } from '../../components/form-error.tsx'
import { Form } from '../../components/form.tsx'
import { TextField } from '../../components/text-field.tsx'
import { Switch } from '../../components/toggles.tsx'
import { describeError } from '../../host/error-text.ts'
import { LimitBar } from './bars.tsx'
import { currencySymbol, formatAmount, formatMoney, parseMoney } from './money.ts'
import { RulesDialog } from './rules-dialog.tsx'
import { useBillingAction } from './use-billing.ts'

const NO_AMOUNT = 'Give an amount such as 40.00, at most a million.'

interface CapInput {
  readonly projectId: ProjectId | null
  readonly amount: MinorUnits | null
}

function useSetCap(organisationId: OrganisationId, onSuccess?: () => void) {
  return useBillingAction(
    (host, { projectId, amount }: CapInput) =>
      host.billing.setSpendCap({ organisationId, projectId, amount }),
    onSuccess,
  )
}

export interface SpendCapCardProps {
  readonly organisationId: OrganisationId
  readonly overview: BillingOverview
  /** Why nothing can be changed now. */
  readonly offReason: string | undefined
}

/** The cap of the organisation. */
export function SpendCapCard({ organisationId, overview, offReason }: SpendCapCardProps): ReactNode {
  const { spendCap: cap, currency, plan, rules } = overview
  const [typed, setTyped] = useState<string>()
  const [problem, setProblem] = useState<string>()
  const [isAsking, setIsAsking] = useState(false)
  const [areRulesOpen, setAreRulesOpen] = useState(false)
  const set = useSetCap(organisationId, () => {
    setTyped(undefined)
    setIsAsking(false)
  })
  /** Nothing beyond the quotas is sold: there is nothing to cap. */
  const isFree = plan.atQuota === 'stop'
  const kept = cap.amount === null ? '' : formatAmount(cap.amount)
  const value = typed ?? kept
  const amount = parseMoney(value)
  const save = (): void => {
    if (amount === undefined) return setProblem(NO_AMOUNT)
    set.mutate({ projectId: null, amount })
  }
  /** What switching it on begins with: the plan's own, else what is spent by the forecast. */
  const turnOn = (): void => set.mutate({ projectId: null, amount: plan.defaultSpendCap ?? cap.forecast })
  return (
    <Card className="h-full">
      <div className="flex flex-col gap-10 px-16 py-14">
        <div className="flex min-h-18 items-center justify-between gap-10">
          <h2 className="text-heading">Spend cap</h2>
          {isFree ? null : (
            <span title={offReason}>
              <Switch
                label={<span className="sr-only">Spend cap</span>}
                isSelected={cap.amount !== null}
                isDisabled={offReason !== undefined || set.isPending}
                onChange={(isOn) => (isOn ? turnOn() : setIsAsking(true))}
              />
            </span>
          )}
        </div>
        {isFree ? (
          <p className="text-small text-2">
            {plan.name} stops at its quotas: nothing is ever charged, and no cap is needed.
          </p>
        ) : cap.amount === null ? (
          <>
            <p className="text-small text-2">
              Off: usage is charged without an end. {formatMoney(cap.spent, currency)} so far,{' '}
              {formatMoney(cap.forecast, currency)} by the forecast.
            </p>
            <FormError message={describeError(set.error)?.message} hint={describeError(set.error)?.hint} />
          </>
        ) : (
          <>
            <Form className="gap-6" problem={describeError(set.error)} onSubmit={save}>
              <div className="flex items-start gap-10">
                <div className="w-110 flex-none">
                  <TextField
                    label={`Spend cap in ${currency.toUpperCase()}`}
                    isLabelHidden
                    prefix={<span className="text-small text-3">{currencySymbol(currency)}</span>}
                    value={value}
                    isDisabled={offReason !== undefined}
                    error={problem}
                    onChange={(next) => {
                      setTyped(next)
                      setProblem(undefined)
                    }}
                  />
                </div>
                {value === kept ? (
                  <span className="flex h-28 items-center text-small text-2">per month, plan included</span>
                ) : (
                  <>
                    <Button type="submit" isBusy={set.isPending}>
                      Set cap
                    </Button>
                    <Button
                      variant="ghost"
                      onPress={() => {
                        setTyped(undefined)
                        setProblem(undefined)
                      }}
                    >
                      Undo
                    </Button>
                  </>
                )}
              </div>
              {amount !== undefined && value !== kept && BigInt(amount) <= BigInt(cap.spent) ? (
                <p className="text-small text-warning">
                  {formatMoney(cap.spent, currency)} is spent already: at this cap projects stop at once.
                </p>
              ) : null}
            </Form>
            <CapBar cap={cap} amount={cap.amount} currency={currency} />
          </>
        )}
        <p className="text-small text-3">
          {isFree ? '' : 'At the cap compute sleeps and the API answers 402. Data and backups stay. '}
          {rulesWords(overview)}{' '}
          {offReason === undefined ? (
            <TextButton onPress={() => setAreRulesOpen(true)}>Change warnings</TextButton>
          ) : null}
        </p>
      </div>
      <ConfirmDialog
        isOpen={isAsking}
        title="Turn the spend cap off?"
        lost="Usage beyond the plan is then charged without an end: a mistake in a program may cost more than you expect."
        survives="Warnings go on as they are set. The cap can be turned on again at any time."
        confirmLabel="Turn cap off"
        busyLabel="Turning off…"
        isBusy={set.isPending}
        error={describeError(set.error)?.message}
        onConfirm={() => set.mutate({ projectId: null, amount: null })}
        onClose={() => setIsAsking(false)}
      />
      {areRulesOpen ? (
        <RulesDialog organisationId={organisationId} rules={rules} onClose={() => setAreRulesOpen(false)} />
      ) : null}
    </Card>
  )
}

function CapBar(props: {
  readonly cap: SpendCap
  readonly amount: MinorUnits
  readonly currency: Currency
}): ReactNode {
  const { cap, amount, currency } = props
  return (
    <div>
      <LimitBar
        used={BigInt(cap.spent)}
        forecast={BigInt(cap.forecast)}
        limit={BigInt(amount)}
        endsAtLimit
        isTall
        tone={cap.reachedAt === null ? (BigInt(cap.forecast) > BigInt(amount) ? 'near' : 'rest') : 'stopped'}
      />
      <dl className="mt-6 flex justify-between gap-12 text-micro font-normal text-2 tabular-nums">
        {[
          ['spent', cap.spent],
          ['forecast', cap.forecast],
          ['cap', amount],
        ].map(([word = '', minor = '0']) => (
          <div key={word} className="flex gap-4">
            <dt className="text-3">{word}</dt>
            <dd>{formatMoney(minor, currency)}</dd>
          </div>
        ))}
      </dl>
    </div>
  )
}

/** `Mail at 50, 80 and 100 %.` */
export function rulesWords({ rules }: Pick<BillingOverview, 'rules'>): string {
  const [last, ...before] = [...rules.thresholds].sort((a, b) => b - a)
  if (last === undefined) return rules.onForecast ? 'Warnings when the forecast goes over.' : 'No warnings.'
  const list = before.length === 0 ? `${last} %` : `${before.reverse().join(', ')} and ${last} %`
  return `${rules.byMail ? 'Mail' : 'A notice in the app'} at ${list}${rules.onForecast ? ', and when the forecast goes over' : ''}.`
}

export interface ProjectCapDialogProps {
  readonly organisationId: OrganisationId
  readonly projectId: ProjectId
  readonly name: string
  readonly amount: MinorUnits | null
  readonly currency: Currency
  readonly onClose: () => void
}

/** The cap of one project; empty takes it away. */
export function ProjectCapDialog(props: ProjectCapDialogProps): ReactNode {
  const { organisationId, projectId, currency } = props
  const [typed, setTyped] = useState(props.amount === null ? '' : formatAmount(props.amount))
  const [problem, setProblem] = useState<string>()
  const set = useSetCap(organisationId, props.onClose)
  return (
    <FormDialog
      title={`Spend cap of ${props.name}`}
      submitLabel="Set cap"
      busyLabel="Setting…"
      isBusy={set.isPending}
      problem={describeError(set.error)}
      onClose={props.onClose}
      onSubmit={() => {
        const amount = typed.trim() === '' ? null : parseMoney(typed)
        if (amount === undefined) return setProblem(NO_AMOUNT)
        set.mutate({ projectId, amount })
      }}
    >
      <TextField
        label={`Cap per month in ${currency.toUpperCase()}`}
        help="At the cap this project sleeps and its API answers 402; its data and backups stay. Leave it empty for none: the organisation’s cap holds all the same."
        value={typed}
        autoFocus
        error={problem}
        onChange={(next) => {
          setTyped(next)
          setProblem(undefined)
        }}
      />
    </FormDialog>
  )
}
