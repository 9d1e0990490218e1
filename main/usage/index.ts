// The door of usage: the service counts, and its last answers are shown while it is away.
import { usage } from '#contract/capabilities/usage.ts'
import type { CapabilityHandlers } from '#contract/rpc/definition.ts'
import { askService, type AnswerKeeper, type Cloud } from '../cloud/index.ts'

const { members } = usage

/** Makes the capability. */
export function createUsageCapability(parts: {
  readonly cloud: Cloud
  readonly answers: AnswerKeeper
}): CapabilityHandlers<typeof usage> {
  const ask = askService(parts.cloud)
  return {
    summary: (input, { signal }) =>
      parts.answers.ask({
        what: 'Reading the usage',
        organisationId: input.organisationId,
        name: `usage.summary ${input.at ?? 'now'}`,
        schema: members.summary.output,
        run: ({ usage }) => usage.summary(input, { signal }),
      }),
    series: (input, { signal }) =>
      parts.answers.ask({
        what: 'Reading the usage of each day',
        organisationId: input.organisationId,
        name: `usage.series ${input.projectId ?? 'all'} ${input.metric} ${input.interval} ${input.from} ${input.to}`,
        schema: members.series.output,
        run: ({ usage }) => usage.series(input, { signal }),
      }),
    export: (input, { signal }) => ask('Exporting the usage', ({ usage }) => usage.export(input, { signal })),
  }
}
