import { firstBelow } from "../../../train/curves.ts";
import { type ArmName, armNames } from "../../../train/names.ts";
import { texts } from "../../preferences.ts";
import { ArmSign } from "./arm-sign.tsx";
import { answers, points, ready, step } from "./train-model.ts";

/** Steps whose losses are averaged. */
const RECENT = 20;

/** The run in numbers, an architecture a row. */
export function RunTable() {
  const { table: said } = texts.value.train;
  return (
    <div class="panel">
      <h2 id="numbers">{said.title}</h2>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by the keyboard. */}
      <section class="wide" tabIndex={0} aria-labelledby="numbers">
        <table>
          <thead>
            <tr>
              {[
                said.arm,
                said.parameters,
                said.loss,
                said.errorRate,
                said.below,
                said.targetTokens,
                said.flops,
                said.seconds,
              ].map((name) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {armNames.map((name) => (
              <RowOfArm key={name} name={name} />
            ))}
          </tbody>
        </table>
      </section>
    </div>
  );
}

function RowOfArm({ name }: { readonly name: ArmName }) {
  const { train: said } = texts.value;
  const own = step.value > 0 ? points[name] : [];
  const last = own.at(-1);
  const recent = own.slice(-RECENT);
  const loss = recent.reduce((sum, point) => sum + point.loss, 0) / recent.length;
  const rates = answers.value[name]?.rates ?? [];
  const below = firstBelow(rates, 0.01);
  const parameters = ready.value?.parameters[name];
  const shown = (value: number | undefined, write = said.number) => (value === undefined ? said.never : write(value));
  return (
    <tr data-arm={name}>
      <th scope="row">
        <ArmSign name={name} /> {said.arms[name]}
      </th>
      <td>{shown(parameters)}</td>
      <td data-fact="loss">{last ? said.decimal(loss, 4) : said.never}</td>
      <td data-fact="error">{shown(rates.at(-1)?.errorRate, said.percent)}</td>
      <td>{shown(below, said.atStep)}</td>
      <td data-fact="tokens">{shown(last?.targetTokens)}</td>
      <td>{shown(last?.flops, (flops) => flops.toExponential(2))}</td>
      <td>{shown(last?.seconds, (seconds) => said.decimal(seconds, 1))}</td>
    </tr>
  );
}
