// Theme, density, size of the editor's text. Everything takes effect at once.
import type { ReactNode } from 'react'
import { Card } from '../../components/card.tsx'
import { FormError } from '../../components/form-error.tsx'
import { IconButton } from '../../components/button.tsx'
import { Minus, Plus } from 'lucide-react'
import { Segmented } from '../../components/toggles.tsx'
import { describeError } from '../../host/error-text.ts'
import { useSetSettings, useSettings } from './use-settings.ts'

const SMALLEST = 10
const LARGEST = 24

/** The appearance page. */
export function AppearanceSettings(): ReactNode {
  const settings = useSettings().data
  const set = useSetSettings()
  if (settings === undefined) return null
  const size = settings.editorFontSize
  return (
    <Card>
      <SettingRow title="Theme" detail="System follows the setting of your computer.">
        <Segmented
          label="Theme"
          options={[
            { id: 'system', label: 'System' },
            { id: 'dark', label: 'Dark' },
            { id: 'light', label: 'Light' },
          ]}
          value={settings.theme}
          onChange={(theme) => set.mutate({ theme })}
        />
      </SettingRow>
      <SettingRow title="Density" detail="Height of rows in trees, lists and grids.">
        <Segmented
          label="Density"
          options={[
            { id: 'compact', label: 'Compact' },
            { id: 'normal', label: 'Normal' },
          ]}
          value={settings.density}
          onChange={(density) => set.mutate({ density })}
        />
      </SettingRow>
      <SettingRow title="Editor text" detail={`${SMALLEST} to ${LARGEST} px.`}>
        <span className="flex items-center gap-6">
          <IconButton
            icon={Minus}
            label="Smaller"
            isDisabled={size <= SMALLEST}
            onPress={() => set.mutate({ editorFontSize: size - 1 })}
          />
          <output aria-label="Size of the editor's text" className="w-40 text-center text-small tabular-nums">
            {size} px
          </output>
          <IconButton
            icon={Plus}
            label="Larger"
            isDisabled={size >= LARGEST}
            onPress={() => set.mutate({ editorFontSize: size + 1 })}
          />
        </span>
      </SettingRow>
      <pre
        className="overflow-hidden border-t border-line-1 px-14 py-12 font-mono text-2"
        style={{ fontSize: size, lineHeight: `${Math.round(size * 1.54)}px` }}
        aria-label="Sample of the editor's text"
      >
        <span className="text-syn-keyword">select</span> name, email{'\n'}
        <span className="text-syn-keyword">from</span> customer{'\n'}
        <span className="text-syn-keyword">where</span> joined_on &gt;{' '}
        <span className="text-syn-string">&apos;2026-01-01&apos;</span>;
      </pre>
      {set.error === null ? null : (
        <div className="px-14 pb-14">
          <FormError message={describeError(set.error)?.message} />
        </div>
      )}
    </Card>
  )
}

/** A setting: title and what it does at the left, the control at the right. */
export function SettingRow(props: {
  readonly title: string
  readonly detail?: string
  readonly children: ReactNode
}): ReactNode {
  return (
    <div className="flex items-center gap-16 border-b border-line-1 px-14 py-12 last:border-b-0">
      <div className="min-w-0 flex-1">
        <div className="text-body font-medium">{props.title}</div>
        {props.detail === undefined ? null : <div className="text-small text-3">{props.detail}</div>}
      </div>
      {props.children}
    </div>
  )
}
