import { bytesField, type Field, integerField, message, messageField, stringField } from './protobuf.ts';

/** Field numbers and enums are those of onnx.proto (ONNX 1.12, IR version 8, operator set 17). */
const irVersion = 8;
const operatorSet = 17;
const types = { float: 1, int64: 7 } as const;
const attributeTypes = { int: 2, ints: 7 } as const;

/** A constant of a graph. */
export interface OnnxTensor {
  readonly name: string;
  readonly type: keyof typeof types;
  readonly dims: readonly number[];
  readonly values: ArrayLike<number>;
}

/** One operator. */
export interface OnnxNode {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Readonly<Record<string, number | readonly number[]>>;
}

/** A float tensor that goes in or out; a dimension with a name is free. */
export interface OnnxValue {
  readonly name: string;
  readonly dims: readonly (number | string)[];
}

export interface OnnxModel {
  readonly name: string;
  readonly about: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  readonly constants: readonly OnnxTensor[];
  readonly nodes: readonly OnnxNode[];
}

function rawData({ type, values }: OnnxTensor): Uint8Array {
  const size = type === 'float' ? 4 : 8;
  const bytes = new Uint8Array(values.length * size);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < values.length; i++) {
    if (type === 'float') view.setFloat32(4 * i, values[i]!, true);
    else view.setBigInt64(8 * i, BigInt(values[i]!), true);
  }
  return bytes;
}

function tensorField(tensor: OnnxTensor): Field {
  return messageField(5, [
    ...tensor.dims.map(dim => integerField(1, dim)),
    integerField(2, types[tensor.type]),
    stringField(8, tensor.name),
    bytesField(9, rawData(tensor)),
  ]);
}

function attributeField(name: string, value: number | readonly number[]): Field {
  const [values, type] =
    typeof value === 'number'
      ? [[integerField(3, value)], attributeTypes.int]
      : [value.map(each => integerField(8, each)), attributeTypes.ints];
  return messageField(5, [stringField(1, name), ...values, integerField(20, type)]);
}

function nodeField({ op, inputs, outputs, attributes = {} }: OnnxNode): Field {
  return messageField(1, [
    ...inputs.map(input => stringField(1, input)),
    ...outputs.map(output => stringField(2, output)),
    stringField(3, `${op}_${outputs[0]}`),
    stringField(4, op),
    ...Object.entries(attributes).map(([name, value]) => attributeField(name, value)),
  ]);
}

function valueField(number: number, { name, dims }: OnnxValue): Field {
  const shape = dims.map(dim =>
    messageField(1, [typeof dim === 'number' ? integerField(1, dim) : stringField(2, dim)]),
  );
  const tensor = messageField(1, [integerField(1, types.float), messageField(2, shape)]);
  return messageField(number, [stringField(1, name), messageField(2, [tensor])]);
}

/** A model as the bytes of an .onnx file. */
export function onnxBytes(model: OnnxModel): Uint8Array {
  const graph = messageField(7, [
    ...model.nodes.map(nodeField),
    stringField(2, model.name),
    ...model.constants.map(tensorField),
    ...model.inputs.map(value => valueField(11, value)),
    ...model.outputs.map(value => valueField(12, value)),
  ]);
  return message([
    integerField(1, irVersion),
    stringField(2, 'foreshock'),
    stringField(6, model.about),
    graph,
    messageField(8, [integerField(2, operatorSet)]),
    ...Object.entries(model.metadata).map(([key, value]) =>
      messageField(14, [stringField(1, key), stringField(2, value)]),
    ),
  ]);
}
