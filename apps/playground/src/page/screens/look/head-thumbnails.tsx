import { useEffect, useRef } from "preact/hooks";
import { type HeadPicture, pictureOf, shrunk } from "../../../models/head-picture.ts";
import type { AttentionKind, AttentionMap, LookedModel } from "../../../models/protocol.ts";
import { heatOf } from "../../parts/heat.ts";
import { inTurns } from "../../parts/in-turns.ts";
import { texts } from "../../preferences.ts";
import { change, mapsOfKind, state } from "./look-model.ts";

/** All heads of a model as small pictures, a layer a row, by kind of attention. One of them is large beside. */
export function HeadThumbnails({ model, at }: { readonly model: LookedModel; readonly at: number }) {
  const { look: said } = texts.value;
  const kinds = [...new Set(model.maps.map(({ kind }) => kind))];
  return (
    <div class="wide">
      {kinds.map((kind) => (
        <fieldset key={kind} class="bare">
          <legend>{kinds.length > 1 ? said.kinds[kind] : said.heads}</legend>
          {model.maps
            .filter((map) => map.kind === kind)
            .map((map) => (
              <LayerThumbnails key={map.layer} map={map} group={`heads-${at}`} isShown={isShown(model, map)} />
            ))}
        </fieldset>
      ))}
    </div>
  );
}

const isShown = (model: LookedModel, map: AttentionMap): boolean => {
  const maps = mapsOfKind(model);
  return map === maps[Math.min(state.value.y, maps.length - 1)];
};

interface LayerThumbnailsProps {
  readonly map: AttentionMap;
  /** The name of the radio group that all heads of a model are in. */
  readonly group: string;
  /** Whether the large picture is of this layer. */
  readonly isShown: boolean;
}

function LayerThumbnails({ map, group, isShown: isOfLayer }: LayerThumbnailsProps) {
  const { look: said } = texts.value;
  const { kind, layer, heads } = map;
  const chosen = Math.min(state.value.h, heads - 1);
  const choose = (head: number) => change({ k: kind satisfies AttentionKind, y: layer, h: head, p: "" });
  return (
    <div class="thumbnails">
      {Array.from({ length: heads + 1 }, (_, index) => (index === heads ? -1 : index)).map((head) => (
        <label key={head} class="thumbnail" title={said.head(layer, head)}>
          <input
            type="radio"
            class="hidden"
            name={group}
            aria-label={`${said.kinds[kind]}, ${said.head(layer, head)}`}
            checked={isOfLayer && head === chosen}
            onChange={() => choose(head)}
          />
          <Thumbnail map={map} head={head} />
          <span aria-hidden="true">{head < 0 ? said.mean : `${layer + 1}.${head + 1}`}</span>
        </label>
      ))}
    </div>
  );
}

/** Most rows and columns of a small picture. */
const MOST_CELLS = 56;

function Thumbnail({ map, head }: { readonly map: AttentionMap; readonly head: number }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => inTurns(() => put(canvas.current, shrunk(pictureOf(map, head), MOST_CELLS))), [map, head]);
  return <canvas ref={canvas} />;
}

function put(canvas: HTMLCanvasElement | null, picture: HeadPicture): void {
  if (!canvas) return;
  canvas.width = picture.keys;
  canvas.height = picture.queries;
  canvas.getContext("2d")?.putImageData(heatOf(picture), 0, 0);
}
