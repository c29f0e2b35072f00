import assert from 'node:assert/strict'
import { test } from 'node:test'
import { initialsOf } from './initials.ts'

test('names by the first letters of how they are spoken', () => {
  const names: Record<string, string> = {
    张三: 'zs',
    李四: 'ls',
    王小明: 'wxm',
    欧阳锋: 'oyf',
    安娜: 'an',
    陈佳怡: 'cjy',
    郭建国: 'gjg',
    黄志强: 'hzq',
    徐秀英: 'xxy',
    周雨桐: 'zyt',
    孙子涵: 'szh',
    吴艳: 'wy',
    马超: 'mc',
    朱磊: 'zl',
    胡洋: 'hy',
    林丽华: 'llh',
    何静: 'hj',
    高晓东: 'gxd',
    罗浩然: 'lhr',
    刘芳: 'lf',
    赵敏: 'zm',
    杨勇: 'yy',
    彭鹏: 'pp',
    唐涛: 'tt',
    钱七: 'qq',
    冯发: 'ff',
    邓大: 'dd',
    康凯: 'kk',
    任然: 'rr',
    倪娜: 'nn',
    白冰: 'bb',
    贾杰: 'jj',
    额尔: 'ee',
  }
  for (const [name, initials] of Object.entries(names)) assert.equal(initialsOf(name), initials, name)
})

test('surnames that are read differently, and names that are not Chinese', () => {
  assert.equal(initialsOf('曾伟'), 'zw')
  assert.equal(initialsOf('单芳'), 'sf')
  assert.equal(initialsOf('简单'), 'jd')
  assert.equal(initialsOf('Anna Schmidt'), 'annaschmidt')
  assert.equal(initialsOf('坐席 12'), 'zx12')
})
